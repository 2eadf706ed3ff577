package dev.provisioner.jdbc;

import java.sql.SQLException;

/** The database did not say whether it has committed. Any other SQLException means it has not. */
final class InDoubtException extends SQLException {
  InDoubtException(Exception cause) {
    super(
        cause.getMessage(), cause instanceof SQLException sql ? sql.getSQLState() : null, 0, cause);
  }
}
