package dev.provisioner.samples.quickstart;

import dev.provisioner.tenant.TenantId;

/**
 * A tenant of the file.
 *
 * @param number its place in the file, from 1
 */
record Customer(int number, TenantId id, Signup signup) {
  Customer booked(Size size) {
    return new Customer(number, id, new Signup(signup.region(), size));
  }
}
