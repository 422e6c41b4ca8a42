package dev.leveret.benchmarks.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Results as Markdown, a column for each client. */
record FaultReport(List<FaultResult> results) {

    String toMarkdown() {
        StringBuilder out = new StringBuilder();
        out.append(System.getProperty("java.vm.name")).append(' ').append(System.getProperty("java.version"));
        out.append(", ").append(Runtime.getRuntime().availableProcessors()).append(" cores. ");
        FaultResult first = results.get(0);
        Workload workload = first.workload();
        out.append(first.broker()).append("; ").append(workload.publishers()).append(" publishers, ");
        out.append(workload.queues()).append(" quorum queues with a consumer each, messages of ");
        out.append(workload.bytes())
                .append(" bytes, ")
                .append(workload.window())
                .append(" in flight each.\n\n");
        accounts(out);
        recoveries(out);
        results.forEach(it -> faults(out, it));
        results.forEach(it -> notes(out, it));
        return out.toString();
    }

    private void accounts(StringBuilder out) {
        header(out, "messages");
        row(out, "messages", it -> Figures.count(it.account().ids()));
        row(out, "publishes of them", it -> Figures.count(it.account().publishes()));
        row(out, "- confirmed", it -> Figures.count(it.account().confirms()));
        row(out, "- refused", it -> Figures.count(it.account().negatives()));
        row(
                out,
                "- unknown, of these thrown",
                it -> Figures.count(it.account().unknowns()) + ", " + Figures.count(it.thrown()));
        row(out, "- **without verdict**", it -> strong(it.account().unanswered()));
        row(
                out,
                "**confirmed and not delivered**",
                it -> strong(it.account().lost().size()));
        row(out, "**neither verdict nor delivery**", it -> strong(it.account().silentlyGone()));
        row(
                out,
                "delivered, though nothing was said",
                it -> Figures.count(it.account().deliveredWithoutVerdict().size()));
        row(
                out,
                "published again by the application",
                it -> Figures.count(it.account().again()));
        row(out, "delivered again", it -> Figures.count(it.account().duplicates()));
        row(
                out,
                "deliveries marked as possible duplicates",
                it -> Figures.count(it.account().markedDeliveries()));
        row(
                out,
                "**delivered again, neither marked nor published again**",
                it -> strong(it.account().unexplained()));
        row(
                out,
                "never published, and delivered",
                it -> Figures.count(it.account().neverPublished().size()));
        row(out, "second verdicts", it -> Figures.count(it.account().secondVerdicts()));
        row(out, "faults", it -> Integer.toString(it.faults().size()));
        row(out, "seconds", it -> Figures.seconds(it.nanos()));
        row(
                out,
                "confirmed per second, over all",
                it -> Figures.count(Figures.rate(it.account().confirmedIds(), it.nanos())));
        row(out, "... before the faults, median", it -> median(it, FaultResult.Broken::rateBefore));
        row(out, "... after them", it -> median(it, FaultResult.Broken::rateAfter));
        row(out, "before it connected", it -> it.before().toString());
        row(out, "before the first fault", it -> it.start().toString());
        row(out, "after the last", it -> it.end().toString());
        row(out, "when closed", it -> it.after().toString());
        out.append('\n');
    }

    private void recoveries(StringBuilder out) {
        header(out, "seconds until all publish again, median [longest]");
        for (Fault.Kind kind : Fault.Kind.values()) {
            row(out, kind.title(), it -> times(it, kind, FaultResult.Broken::publishers));
        }
        out.append('\n');
        header(out, "seconds until all consume again, median [longest]");
        for (Fault.Kind kind : Fault.Kind.values()) {
            row(out, kind.title(), it -> times(it, kind, FaultResult.Broken::consumers));
        }
        out.append('\n');
    }

    private static void faults(StringBuilder out, FaultResult result) {
        out.append(result.client()).append(":\n\n");
        out.append(
                "| | fault | | where | connections | confirmed/s before | after | all publish again, s | all consume again,"
                        + " s | mended, s |\n|");
        out.append("---|".repeat(10)).append('\n');
        for (FaultResult.Broken it : result.faults()) {
            cells(
                    out,
                    Stream.of(
                            Integer.toString(it.number()),
                            it.fault().kind().title(),
                            it.fault().particulars(),
                            it.damage().where(),
                            Integer.toString(it.damage().connections()),
                            Figures.count(it.rateBefore()),
                            Figures.count(it.rateAfter()),
                            seconds(it.publishers()),
                            seconds(it.consumers()),
                            Figures.seconds(it.damage().mended())));
        }
        out.append('\n');
    }

    private static void notes(StringBuilder out, FaultResult result) {
        List<String> all = new ArrayList<>(result.violations(true));
        out.append(result.client()).append(all.isEmpty() ? ": everything is accounted for.\n" : ":\n\n");
        all.forEach(it -> out.append("- ").append(it).append('\n'));
        out.append('\n');
    }

    private void header(StringBuilder out, String title) {
        cells(out, Stream.concat(Stream.of(title), results.stream().map(FaultResult::client)));
        out.append('|').append("---|".repeat(results.size() + 1)).append('\n');
    }

    private void row(StringBuilder out, String title, Function<FaultResult, String> cell) {
        cells(out, Stream.concat(Stream.of(title), results.stream().map(cell)));
    }

    private static void cells(StringBuilder out, Stream<String> cells) {
        out.append('|');
        cells.forEach(it -> out.append(' ').append(it).append(" |"));
        out.append('\n');
    }

    private static String times(FaultResult result, Fault.Kind kind, Function<FaultResult.Broken, Long> time) {
        Predicate<FaultResult.Broken> ofKind = it -> it.fault().kind() == kind;
        List<Long> times = result.faults().stream().filter(ofKind).map(time).toList();
        long never = times.stream().filter(it -> it < 0).count();
        String back = Figures.medianAndMost(times.stream().filter(it -> it >= 0).toList());
        return never == 0 ? back : back + ", " + never + " never";
    }

    private static String median(FaultResult result, Function<FaultResult.Broken, Long> rate) {
        List<Long> rates = result.faults().stream().map(rate).sorted().toList();
        return rates.isEmpty() ? "–" : Figures.count(rates.get(rates.size() / 2));
    }

    private static String seconds(long nanos) {
        return nanos < 0 ? "never" : Figures.seconds(nanos);
    }

    private static String strong(long number) {
        return number == 0 ? "0" : "**" + Figures.count(number) + "**";
    }
}
