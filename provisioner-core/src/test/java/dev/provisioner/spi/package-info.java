@NullMarked
package dev.provisioner.spi;

import org.jspecify.annotations.NullMarked;
