package dev.provisioner.jdbc.schema;

import dev.provisioner.secret.Secret;

/**
 * A tenant's schema and the role that logs in to it.
 *
 * <p>Immutable. {@code toString} does not show the password.
 *
 * @param database the database they are in; the role exists in the whole cluster
 * @param schema the schema's name, as PostgreSQL spells it
 * @param role the role's name, as PostgreSQL spells it
 * @param password what the role logs in with
 * @param schemaOid what PostgreSQL knows the schema by, whatever its name
 * @param roleOid what PostgreSQL knows the role by, whatever its name
 */
public record TenantSchema(
    String database, String schema, String role, Secret password, long schemaOid, long roleOid) {}
