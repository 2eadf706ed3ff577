/** For tests of provisioners, stores and hosts: contract suites, fakes and fault injection. */
@NullMarked
package dev.provisioner.testkit;

import org.jspecify.annotations.NullMarked;
