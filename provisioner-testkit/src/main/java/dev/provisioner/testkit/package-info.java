/** For tests of this library and of its hosts: contract suites, fault injection, a clock to set. */
@NullMarked
package dev.provisioner.testkit;

import org.jspecify.annotations.NullMarked;
