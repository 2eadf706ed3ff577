@NullMarked
package dev.provisioner.testkit.tcp;

import org.jspecify.annotations.NullMarked;
