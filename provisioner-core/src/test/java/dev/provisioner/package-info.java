/** Rules for the module as a whole. */
@NullMarked
package dev.provisioner;

import org.jspecify.annotations.NullMarked;
