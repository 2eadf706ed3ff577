@NullMarked
package dev.provisioner.testkit.http;

import org.jspecify.annotations.NullMarked;
