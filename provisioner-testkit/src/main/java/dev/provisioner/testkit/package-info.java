/** Contract suites, fakes and fault injection, for us and for hosts. */
@NullMarked
package dev.provisioner.testkit;

import org.jspecify.annotations.NullMarked;
