/** Secret values and the cipher that seals them at rest. */
@NullMarked
package dev.provisioner.secret;

import org.jspecify.annotations.NullMarked;
