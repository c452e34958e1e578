"""ministack with what a deployment of ours needs and it doesn't have; see docs/adr/0014-deployed-on-an-emulator.md.

Nothing of the template is left out or rewritten: what is missing is added here, of ministack's own parts.
"""

import json

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb, ec2, eventbridge, lambda_svc
from ministack.services.cloudformation import provisioners


def group_rules(direction):
    """AWS::EC2::SecurityGroupIngress or -Egress: a rule on its own."""
    store = "IpPermissions" if direction == "Ingress" else "IpPermissionsEgress"

    def create(logical_id, props, stack_name):
        group = ec2._security_groups[props["GroupId"]]
        group[store] += provisioners._ec2_sg_permissions([props])
        return f"{props['GroupId']}-{logical_id}", {}

    def delete(physical_id, props):
        group = ec2._security_groups.get(props["GroupId"])
        if group is not None:
            gone = provisioners._ec2_sg_permissions([props])
            group[store] = [rule for rule in group[store] if rule not in gone]

    return {"create": create, "delete": delete}


def archive_create(logical_id, props, stack_name):
    name = props["ArchiveName"]
    status, _, body = eventbridge._create_archive({
        "ArchiveName": name,
        "EventSourceArn": props["SourceArn"],
        "RetentionDays": int(props.get("RetentionDays", 0)),
    })
    if status != 200:
        raise ValueError(body)
    return name, {"Arn": eventbridge._archives[name]["ArchiveArn"]}


def archive_delete(physical_id, props):
    eventbridge._archives.pop(physical_id, None)


def alarm(act):
    """Alarms over several metrics are kept, by the first of them: ministack knows no metric math."""

    def with_one_metric(props):
        first = next((each for each in props.get("Metrics") or [] if "MetricStat" in each), None)
        if first is None:
            return props
        stat = first["MetricStat"]
        return {
            **{name: value for name, value in props.items() if name != "Metrics"},
            **stat["Metric"],
            "Period": stat["Period"],
            "Statistic": stat["Stat"],
        }

    return lambda *args, **named: act(
        *(with_one_metric(arg) if isinstance(arg, dict) else arg for arg in args), **named
    )


def failing_partly(execute):
    """What a function gives back of a stream's batch comes again, with the whole batch: ministack would drop it."""

    def executed(func, event, *args, **named):
        result = execute(func, event, *args, **named)
        body = result.get("body")
        records = event.get("Records") if isinstance(event, dict) else None
        of_stream = records and records[0].get("eventSource") == "aws:dynamodb"
        if of_stream and isinstance(body, dict) and body.get("batchItemFailures"):
            return {**result, "error": True}
        return result

    return executed


def naming_parameters(resource_of):
    """Which parameters a call is about, where it names several: ministack would say all there are."""

    def named(service, method, path, headers, body, *args, **more):
        resource = resource_of(service, method, path, headers, body, *args, **more)
        if service != "ssm" or resource != "*":
            return resource
        asked = json.loads(body or "{}")
        name = asked.get("Path") or next(iter(asked.get("Names", [])), None)
        if name is None:
            return resource
        account = "" if name.startswith("/aws/service/") else get_account_id()
        return f"arn:aws:ssm:{get_region()}:{account}:parameter{name}"

    return named


def with_leading_keys(context_of):
    """Adds dynamodb:LeadingKeys, by which our roles part one table's items."""

    def context(body):
        asked = json.loads(body or "{}")
        table = dynamodb._tables.get(asked.get("TableName", "").split("/")[-1])
        item = asked.get("Key") or asked.get("Item")
        found = context_of(body)
        if table is not None and item is not None:
            [hash_key] = [
                each["AttributeName"] for each in table["KeySchema"] if each["KeyType"] == "HASH"
            ]
            found["dynamodb:LeadingKeys"] = list(item[hash_key].values())
        return found

    return context


def from_ec2(put_events):
    """EC2 and AWS Health stand outside, so what they say comes in by PutEvents, where AWS lets nobody be `aws.`."""

    def put(data, *args, **named):
        sources = {entry.get("Source") for entry in data.get("Entries", [])}
        if sources and sources <= {"aws.ec2", "aws.health"}:
            return put_events(data, allow_aws_source=True)
        return put_events(data, *args, **named)

    return put


handlers = provisioners._RESOURCE_HANDLERS
handlers["AWS::EC2::SecurityGroupIngress"] = group_rules("Ingress")
handlers["AWS::EC2::SecurityGroupEgress"] = group_rules("Egress")
handlers["AWS::Events::Archive"] = {"create": archive_create, "delete": archive_delete}
metric_alarm = handlers["AWS::CloudWatch::Alarm"]
metric_alarm["create"] = alarm(metric_alarm["create"])
metric_alarm["update"] = alarm(metric_alarm["update"])
lambda_svc._execute_function = failing_partly(lambda_svc._execute_function)
iam_actions.extract_resource_arn = naming_parameters(iam_actions.extract_resource_arn)
iam_actions.dynamodb_service_context = with_leading_keys(iam_actions.dynamodb_service_context)
eventbridge._put_events = from_ec2(eventbridge._put_events)
# With TLS it would take port 443, too.
app._port_is_bindable = lambda host, port: False

app.main()
