@NullMarked
package dev.provisioner.tenant;

import org.jspecify.annotations.NullMarked;
