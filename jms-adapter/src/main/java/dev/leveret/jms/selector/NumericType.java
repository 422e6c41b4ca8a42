package dev.leveret.jms.selector;

/** In what two numbers are compared or calculated: Java's binary numeric promotion. */
enum NumericType {
    INT,
    LONG,
    FLOAT,
    DOUBLE;

    static NumericType of(Number left, Number right) {
        NumericType a = of(left);
        NumericType b = of(right);
        return a.compareTo(b) >= 0 ? a : b;
    }

    static NumericType of(Number number) {
        if (number instanceof Double) {
            return DOUBLE;
        }
        if (number instanceof Float) {
            return FLOAT;
        }
        return number instanceof Long ? LONG : INT;
    }
}
