"""What is in the account that the environment's credentials and AWS_ENDPOINT_URL name, as JSON.

`account.py list`: everything of the kinds that a deployment of ours is made of, `<kind> <name>`.
`account.py outputs <stack>`: a stack's outputs by key.
`account.py stack <name> <template file> <parameter> <value>`: makes a stack.
`account.py unstack <name>`: removes one.
`account.py user <name> <policy file>`: makes a user with this policy and no other; their credentials.
"""

import json
import sys

from botocore.session import Session


def client(service):
    return Session().create_client(service)


def all_of(service, operation, key, field=None, **asked):
    """A list's elements, or a field of each, over all pages."""
    asking = client(service)
    if asking.can_paginate(operation):
        answers = asking.get_paginator(operation).paginate(**asked)
    else:
        answers = [getattr(asking, operation)(**asked)]
    found = [each for answer in answers for each in answer.get(key, [])]
    return found if field is None else [each[field] for each in found]


def listed():
    buses = all_of("events", "list_event_buses", "EventBuses", "Name")
    kinds = {
        "stack": [
            each["StackName"]
            for each in all_of("cloudformation", "list_stacks", "StackSummaries")
            if each["StackStatus"] != "DELETE_COMPLETE"
        ],
        "bucket": all_of("s3", "list_buckets", "Buckets", "Name"),
        "function": all_of("lambda", "list_functions", "Functions", "FunctionName"),
        "source": all_of("lambda", "list_event_source_mappings", "EventSourceMappings", "UUID"),
        "queue": all_of("sqs", "list_queues", "QueueUrls"),
        "table": all_of("dynamodb", "list_tables", "TableNames"),
        "bus": buses,
        "rule": [
            f"{bus}/{rule}"
            for bus in buses
            for rule in all_of("events", "list_rules", "Rules", "Name", EventBusName=bus)
        ],
        "archive": all_of("events", "list_archives", "Archives", "ArchiveName"),
        "schedule": all_of("scheduler", "list_schedules", "Schedules", "Name"),
        "parameter": all_of("ssm", "describe_parameters", "Parameters", "Name"),
        "log group": all_of("logs", "describe_log_groups", "logGroups", "logGroupName"),
        "role": all_of("iam", "list_roles", "Roles", "RoleName"),
        "policy": all_of("iam", "list_policies", "Policies", "PolicyName", Scope="Local"),
        "alarm": all_of("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
        "dashboard": all_of(
            "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"
        ),
        "topic": all_of("sns", "list_topics", "Topics", "TopicArn"),
        "security group": all_of(
            "ec2", "describe_security_groups", "SecurityGroups", "GroupId"
        ),
        "endpoint": all_of("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
        "network interface": all_of(
            "ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"
        ),
    }
    return sorted(f"{kind} {name}" for kind, names in kinds.items() for name in names)


def outputs(stack):
    [described] = all_of("cloudformation", "describe_stacks", "Stacks", StackName=stack)
    return {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}


def stack(name, template_file, parameter, value):
    formation = client("cloudformation")
    with open(template_file) as file:
        formation.create_stack(
            StackName=name,
            TemplateBody=file.read(),
            Parameters=[{"ParameterKey": parameter, "ParameterValue": value}],
        )
    formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


def unstack(name):
    formation = client("cloudformation")
    formation.delete_stack(StackName=name)
    formation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})


def user(name, policy_file):
    iam = client("iam")
    with open(policy_file) as file:
        policy = iam.create_policy(PolicyName=name, PolicyDocument=file.read())
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=policy["Policy"]["Arn"])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }


command, *arguments = sys.argv[1:]
commands = {"list": listed, "outputs": outputs, "stack": stack, "unstack": unstack, "user": user}
json.dump(commands[command](*arguments), sys.stdout)
