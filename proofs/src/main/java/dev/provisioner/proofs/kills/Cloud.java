package dev.provisioner.proofs.kills;

import dev.provisioner.testkit.parts.AwsEmulator;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** What is in the emulator, asked by plain requests: neither the library nor Terraform is asked. */
final class Cloud {
  static final List<String> REGIONS = List.of("eu-west-1", "us-east-1");
  static final String NEIGHBOUR = "neighbour-landing";
  private static final String TRUST = "{\"Statement\":[]}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final AwsEmulator emulator;
  private final URI url;

  Cloud(AwsEmulator emulator) {
    this.emulator = emulator;
    this.url = emulator.url();
  }

  /** Returns how often a bucket was created with success. */
  long creations(String bucket) throws IOException {
    return emulator.answered("PUT /" + bucket, 200);
  }

  List<String> buckets() throws IOException, InterruptedException {
    return matches("<Name>([^<]*)</Name>", s3("GET", "", ""));
  }

  List<String> roles() throws IOException, InterruptedException {
    String page = iam("Action=ListRoles&MaxItems=1000");
    if (page.contains("<IsTruncated>true")) {
      throw new IOException("More than 1000 roles are more than were made.");
    }
    return matches("<RoleName>([^<]*)</RoleName>", page);
  }

  List<String> parameters(String region) throws IOException, InterruptedException {
    String page = ssm(region, "DescribeParameters", "{\"MaxResults\": 50}");
    if (page.contains("\"NextToken\"")) {
      throw new IOException("More than 50 parameters are more than were made.");
    }
    return matches("\"Name\": ?\"([^\"]*)\"", page);
  }

  /** Returns all that can be told of a bucket, a role and a parameter of one name. */
  String describe(String name, String region) throws IOException, InterruptedException {
    String path = "{\"Name\": \"/landing/" + name + "\"}";
    String resource =
        "{\"ResourceType\": \"Parameter\", \"ResourceId\": \"/landing/" + name + "\"}";
    return String.join(
        "\n",
        "bucket " + s3("GET", name + "?tagging", ""),
        "objects " + matches("<Key>([^<]*)</Key>", s3("GET", name, "")),
        "role " + matches("<RoleId>.*</CreateDate>", iam("Action=GetRole&RoleName=" + name)),
        "tags " + matches("<Tags>.*</Tags>", iam("Action=ListRoleTags&RoleName=" + name)),
        "parameter " + ssm(region, "GetParameter", path),
        "tags " + ssm(region, "ListTagsForResource", resource));
  }

  /** Returns how often each of the three that have a name carries a tag with a value. */
  int tagged(String name, String region, String key, String value)
      throws IOException, InterruptedException {
    String xml = "<Key>" + key + "</Key>\\s*<Value>" + value + "</Value>";
    String json = "\"Key\": ?\"" + key + "\", ?\"Value\": ?\"" + value + "\"";
    return matches("(" + xml + "|" + json + ")", describe(name, region)).size();
  }

  /** Puts a bucket, a role and a parameter there that are none of the sample's. */
  void plant() throws IOException, InterruptedException {
    String region = REGIONS.get(0);
    s3(
        "PUT",
        NEIGHBOUR,
        "<CreateBucketConfiguration><LocationConstraint>"
            + region
            + "</LocationConstraint></CreateBucketConfiguration>");
    s3(
        "PUT",
        NEIGHBOUR + "?tagging",
        "<Tagging><TagSet><Tag><Key>owner</Key><Value>neighbour</Value></Tag></TagSet></Tagging>");
    s3("PUT", NEIGHBOUR + "/precious", "untouched");
    iam(
        "Action=CreateRole&RoleName="
            + NEIGHBOUR
            + "&Tags.member.1.Key=owner&Tags.member.1.Value=neighbour&AssumeRolePolicyDocument="
            + URLEncoder.encode(TRUST, StandardCharsets.UTF_8));
    ssm(
        region,
        "PutParameter",
        "{\"Name\": \"/landing/" + NEIGHBOUR + "\", \"Type\": \"String\", \"Value\": \"v\"}");
  }

  String planted() throws IOException, InterruptedException {
    return describe(NEIGHBOUR, REGIONS.get(0)) + "\n" + s3("GET", NEIGHBOUR + "/precious", "");
  }

  static boolean isPlanted(String name) {
    return name.equals(NEIGHBOUR) || name.equals("/landing/" + NEIGHBOUR);
  }

  /** Deletes one of the three that have a name, as an operator would. */
  void delete(String address, String name, String region) throws IOException, InterruptedException {
    switch (address) {
      case "aws_s3_bucket.landing" -> s3("DELETE", name, "");
      case "aws_iam_role.access" -> iam("Action=DeleteRole&RoleName=" + name);
      default -> ssm(region, "DeleteParameter", "{\"Name\": \"/landing/" + name + "\"}");
    }
  }

  private String s3(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(url.resolve("/" + path))
            .header("Authorization", credential(REGIONS.get(0), "s3"))
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  private String iam(String form) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(url)
            .header("Authorization", credential("us-east-1", "iam"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form + "&Version=2010-05-08")));
  }

  private String ssm(String region, String action, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(url)
            .header("Authorization", credential(region, "ssm"))
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("X-Amz-Target", "AmazonSSM." + action)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String credential(String region, String service) {
    return "AWS4-HMAC-SHA256 Credential=eyes/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=none"
        .formatted(region, service);
  }

  private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300 && response.statusCode() != 404) {
      throw new IOException("The emulator answered " + response.statusCode() + ".");
    }
    return response.body();
  }

  static List<String> matches(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(match -> match.group(match.groupCount()))
        .toList();
  }
}
