package dev.provisioner.jdbc.internal;

import java.sql.SQLException;

/** The database did not say whether it has committed. Any other SQLException means it has not. */
public final class InDoubtException extends SQLException {
  public InDoubtException(Exception cause) {
    super(
        cause.getMessage(), cause instanceof SQLException sql ? sql.getSQLState() : null, 0, cause);
  }
}
