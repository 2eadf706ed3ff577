@NullMarked
package dev.provisioner.testkit.stores;

import org.jspecify.annotations.NullMarked;
