# A tenant's landing zone: a bucket, a role for the jobs that use it, and a parameter that names both.

terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "name" {
  type        = string
  description = "Names the bucket and the role."
}

variable "region" {
  type = string
}

variable "size" {
  type = string
}

variable "workspace" {
  type        = string
  description = "The tenant's workspace, for the tags."
}

# The endpoint and the credentials come from the environment. Without the skip_ arguments and with
# path-style off, the module would do for the real thing.
provider "aws" {
  region                      = var.region
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  s3_use_path_style           = true
  max_retries                 = 2
}

locals {
  tags = {
    workspace = var.workspace
    size      = var.size
  }
}

resource "aws_s3_bucket" "landing" {
  bucket = var.name
  tags   = local.tags
}

resource "aws_iam_role" "access" {
  name = var.name
  tags = local.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

# Where the tenant's jobs look up what to use.
resource "aws_ssm_parameter" "landing" {
  name = "/landing/${var.name}"
  type = "String"
  tags = local.tags
  value = jsonencode({
    bucket = aws_s3_bucket.landing.bucket
    role   = aws_iam_role.access.arn
  })
}

output "bucket" {
  value = aws_s3_bucket.landing.bucket
}

output "role" {
  value = aws_iam_role.access.name
}
