/** The engine's heart: a pure function from a document and inputs to a document and effects. */
@NullMarked
package dev.provisioner.internal.machine;

import org.jspecify.annotations.NullMarked;
