/**
 * Naming services: {@link dev.leveret.jms.jndi.LeveretInitialContextFactory} is one whose content stands in
 * {@code jndi.properties}, {@link dev.leveret.jms.jndi.LeveretObjectFactory} makes what application servers have configured.
 *
 * <p>Neither looks anything up elsewhere: no network is asked, no class is loaded that a property names.
 */
@NullMarked
package dev.leveret.jms.jndi;

import org.jspecify.annotations.NullMarked;
