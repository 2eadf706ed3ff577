<<<<<<< HEAD
/** For tests of provisioners, stores and hosts: contract suites, fakes and fault injection. */
=======
/** What a provisioner's or a store's author needs to test it, and a host to test its plans. */
>>>>>>> ecca9bcb0d9d0699afdb311d804e02f4fac59afe
@NullMarked
package dev.provisioner.testkit;

import org.jspecify.annotations.NullMarked;
