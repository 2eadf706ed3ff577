package dev.provisioner.testkit.parts;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides for {@link RequiresPart}. */
final class RequiredParts implements ExecutionCondition {

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), RequiresPart.class)
        .map(annotation -> judge(annotation.value()))
        .orElseGet(() -> ConditionEvaluationResult.enabled("needs no real part"));
  }

  static ConditionEvaluationResult judge(RealPart... parts) {
    for (RealPart part : parts) {
      if (part.find().isEmpty()) {
        if (part.required()) {
          throw new IllegalStateException(
              "PROVISIONER_REQUIRE names '" + part.id() + "': " + part.whyMissing() + ".");
        }
        return ConditionEvaluationResult.disabled(part.whyMissing());
      }
    }
    return ConditionEvaluationResult.enabled("all real parts are here");
  }
}
