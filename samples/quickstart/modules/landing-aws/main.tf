# A tenant's landing zone: a bucket, and a role that may read and write it.

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

  default_tags {
    tags = {
      workspace = var.workspace
      size      = var.size
    }
  }
}

resource "aws_s3_bucket" "landing" {
  bucket = var.name
}

resource "aws_iam_role" "access" {
  name = var.name
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "access" {
  name = "landing"
  role = aws_iam_role.access.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject"]
      Resource = "${aws_s3_bucket.landing.arn}/*"
    }]
  })
}

output "bucket" {
  value = aws_s3_bucket.landing.bucket
}

output "role" {
  value = aws_iam_role.access.name
}
