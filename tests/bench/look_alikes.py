# SPDX-License-Identifier: MIT
"""Account JSON that has nothing to do with server certificates, in the forms of the AWS CLI's
ec2 describe-instances, s3api list-objects-v2, iam get-account-authorization-details and cloudtrail
lookup-events. One IAM document in twenty names actions like iam:GetServerCertificate in a policy.
"""
import json

ACCOUNT = "111122223333"


def word(generator):
    return generator.choice(("prod", "stage", "web", "api", "batch", "audit", "edge", "data", "ops", "core"))


def date(generator):
    return "20%02d-%02d-%02dT%02d:%02d:%02d+00:00" % (
        generator.randrange(10, 24), generator.randrange(1, 13), generator.randrange(1, 29),
        generator.randrange(24), generator.randrange(60), generator.randrange(60),
    )  # fmt: skip


def identifier(generator, prefix):
    return f"{prefix}-{generator.getrandbits(68):017x}"


def instance(generator):
    zone = f"us-east-1{generator.choice('abcdf')}"
    return {
        "AmiLaunchIndex": 0,
        "ImageId": identifier(generator, "ami"),
        "InstanceId": identifier(generator, "i"),
        "InstanceType": generator.choice(("t3.micro", "m5.large", "c5.2xlarge", "r6g.xlarge")),
        "KeyName": f"{word(generator)}-key",
        "LaunchTime": date(generator),
        "Placement": {"AvailabilityZone": zone, "GroupName": "", "Tenancy": "default"},
        "PrivateIpAddress": f"10.{generator.randrange(256)}.{generator.randrange(256)}.{generator.randrange(256)}",
        "ProductCodes": [],
        "State": {"Code": 16, "Name": "running"},
        "SubnetId": identifier(generator, "subnet"),
        "VpcId": identifier(generator, "vpc"),
        "Architecture": "x86_64",
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {
                    "AttachTime": date(generator), "DeleteOnTermination": True,
                    "Status": "attached", "VolumeId": identifier(generator, "vol"),
                },
            }
        ],  # fmt: skip
        "EbsOptimized": False,
        "IamInstanceProfile": {
            "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/{word(generator)}-{generator.randrange(1000)}",
            "Id": f"AIPA{generator.getrandbits(80):017X}",
        },
        "SecurityGroups": [{"GroupName": word(generator), "GroupId": identifier(generator, "sg")}],
        "Tags": [{"Key": "Name", "Value": f"{word(generator)}-{word(generator)}-{generator.randrange(10000)}"}],
        "VirtualizationType": "hvm",
    }


def stored_object(generator):
    return {
        "Key": f"{word(generator)}/{date(generator)[:10]}/{generator.getrandbits(64):016x}.parquet",
        "LastModified": date(generator),
        "ETag": f'"{generator.getrandbits(128):032x}"',
        "Size": generator.randrange(1 << 30),
        "StorageClass": "STANDARD",
    }


def role(generator):
    title = f"{word(generator)}-{word(generator)}-{generator.randrange(10000)}"
    actions = [f"{generator.choice(('s3', 'ec2', 'sqs', 'kms'))}:{verb}*" for verb in ("Get", "List", "Describe")]
    return {
        "Path": "/",
        "RoleName": title,
        "RoleId": f"AROA{generator.getrandbits(80):017X}",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{title}",
        "CreateDate": date(generator),
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        },
        "RolePolicyList": [
            {
                "PolicyName": f"{word(generator)}-policy",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": actions, "Resource": f"arn:aws:s3:::{word(generator)}-*"}
                    ],
                },
            }
        ],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }


def event(generator):
    """lookup-events gives each event once more as a string, with every quote escaped."""
    name = generator.choice(("DescribeInstances", "AssumeRole", "PutObject", "ListBuckets"))
    number = generator.getrandbits(128)
    source = generator.choice(("ec2", "sts", "s3", "iam")) + ".amazonaws.com"
    user = f"{word(generator)}-{generator.randrange(1000)}"
    record = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "IAMUser", "principalId": f"AIDA{generator.getrandbits(80):017X}",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}", "accountId": ACCOUNT, "userName": user,
        },
        "eventTime": date(generator),
        "eventSource": source,
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": f"203.0.113.{generator.randrange(256)}",
        "userAgent": "aws-cli/2.13.0 Python/3.11.4 Linux/5.10 exe/x86_64",
        "requestParameters": {"maxResults": generator.randrange(1000)},
        "responseElements": None,
        "eventID": f"{number:032x}",
        "readOnly": True,
        "eventType": "AwsApiCall",
    }  # fmt: skip
    return {
        "EventId": record["eventID"],
        "EventName": name,
        "ReadOnly": "true",
        "EventTime": date(generator),
        "EventSource": source,
        "Username": user,
        "Resources": [],
        "CloudTrailEvent": json.dumps(record, separators=(",", ":")),
    }


def ec2(generator, count):
    instances = [instance(generator) for _ in range(count)]
    return {"Reservations": [{"Groups": [], "Instances": [i], "OwnerId": ACCOUNT} for i in instances]}


def s3(generator, count):
    return {"Contents": [stored_object(generator) for _ in range(count)], "RequestCharged": None}


def iam(generator, count):
    roles = [role(generator) for _ in range(count)]
    if generator.randrange(20) == 0:
        policy = roles[-1]["RolePolicyList"][0]["PolicyDocument"]["Statement"][0]
        policy["Action"] = ["iam:GetServerCertificate", "iam:ListServerCertificates"]
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []}


def cloudtrail(generator, count):
    return {"Events": [event(generator) for _ in range(count)]}


# What writes a document, its name below an account's folder, and about how many bytes a record has.
KINDS = (
    (ec2, "ec2/describe-instances", 2300),
    (s3, "s3/list-objects-v2", 270),
    (iam, "iam/get-account-authorization-details", 1150),
    (cloudtrail, "cloudtrail/lookup-events", 1350),
)


def document(generator, kind, size):
    """A folder's and file's name, and about that many bytes of JSON as the AWS CLI indents it."""
    write, name, record_size = KINDS[kind % len(KINDS)]
    value = write(generator, max(1, size // record_size))
    return name, json.dumps(value, indent=4).encode() + b"\n"
