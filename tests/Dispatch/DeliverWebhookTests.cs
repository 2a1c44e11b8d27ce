using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Tests.Dispatch;

public sealed class DeliverWebhookTests(PostgresServer postgres) : WebhookTest(postgres), IClassFixture<PostgresServer>
{
    private readonly Guid _user = Guid.CreateVersion7();
    private int _status = 200;

    [Fact]
    public async Task An_event_goes_once_to_each_endpoint_that_takes_it_signed_by_its_secret()
    {
        await using var receiver = await ReceiverAsync();
        var (_, secret) = await AddEndpointAsync(_user, $"{receiver.Url}all", "notification.*");
        await AddEndpointAsync(_user, $"{receiver.Url}other", "email.*");
        var (off, _) = await AddEndpointAsync(_user, $"{receiver.Url}off", "*");
        await ExecuteAsync("UPDATE webhook_endpoints SET disabled_at = now(), disabled_reason = 'x' WHERE id = $1", off);
        await AddEndpointAsync(Guid.CreateVersion7(), $"{receiver.Url}anothers", "*");
        var happened = Happened();

        await FanOutAsync(happened, happened with { UserId = Guid.CreateVersion7() });
        var job = (await FanOutAsync(happened)).ShouldHaveSingleItem();
        (await DeliverAsync(job)).ShouldBe(JobOutcome.Done);
        (await DeliverAsync(job)).ShouldBe(JobOutcome.Done);

        var arrived = Arrived.ShouldHaveSingleItem();
        (arrived.Path, arrived.Id).ShouldBe(("/all", $"msg_{happened.Id:N}"));
        arrived.Signature.ShouldBe(WebhookSecret.Sign([secret], arrived.Id, TimeOf(arrived), arrived.Body));
        ((string)JsonNode.Parse(arrived.Body)!["type"]!).ShouldBe("notification.sent");
        (await DeliveryAsync(job.Id)).ShouldBe("delivered 1 200");
        (await ReadAsync("SELECT request_headers ->> 'webhook-signature' FROM webhook_attempts WHERE delivery_id = $1", job.Id))
            .ShouldBe([arrived.Signature]);
        (await ReadAsync("SELECT response_body FROM webhook_attempts WHERE delivery_id = $1", job.Id)).ShouldBe(["thanks"]);
    }

    [Fact]
    public async Task What_failed_is_tried_again_in_its_time_under_the_same_id_and_with_a_new_timestamp()
    {
        await using var receiver = await ReceiverAsync(500);
        await AddEndpointAsync(_user, receiver.Url.ToString(), "*");
        var job = (await FanOutAsync(Happened())).ShouldHaveSingleItem();

        After(await DeliverAsync(job)).TotalSeconds.ShouldBeInRange(4.5, 5.5);
        After(await DeliverAsync(job)).TotalSeconds.ShouldBeInRange(4, 5.5);
        Arrived.Count.ShouldBe(1, "not before its time");
        (await DeliveryAsync(job.Id)).ShouldBe("pending 1 500");
        Time.Advance(TimeSpan.FromSeconds(6));
        After(await DeliverAsync(job)).TotalSeconds.ShouldBeInRange(270, 330);
        Time.Advance(TimeSpan.FromMinutes(6));
        _status = 204;
        (await DeliverAsync(job)).ShouldBe(JobOutcome.Done);

        (await DeliveryAsync(job.Id)).ShouldBe("delivered 3 500 500 204");
        Arrived.Select(one => one.Id).Distinct().ShouldHaveSingleItem();
        Arrived.Select(TimeOf).Distinct().Count().ShouldBe(3);
        (await ReadAsync("SELECT (failing_since IS NULL)::text FROM webhook_endpoints WHERE user_id = $1", _user)).ShouldBe(["true"]);
    }

    [Fact]
    public async Task A_process_that_died_in_the_middle_of_an_attempt_leaves_it_to_another_when_it_must_be_over()
    {
        await using var receiver = await ReceiverAsync();
        await AddEndpointAsync(_user, receiver.Url.ToString(), "*");
        var job = (await FanOutAsync(Happened())).ShouldHaveSingleItem();
        await ExecuteAsync("UPDATE webhook_deliveries SET sending_at = $2, attempts = 1, tries = 1 WHERE id = $1", job.Id, Time.GetUtcNow());

        After(await DeliverAsync(job)).TotalSeconds.ShouldBeInRange(30, 41);
        Arrived.ShouldBeEmpty();
        Time.Advance(TimeSpan.FromSeconds(41));
        (await DeliverAsync(job)).ShouldBe(JobOutcome.Done);

        (await DeliveryAsync(job.Id)).ShouldBe("delivered 2 200");
    }

    [Fact]
    public async Task Who_answers_410_is_turned_off_at_once_and_its_user_is_told()
    {
        await using var receiver = await ReceiverAsync(410);
        var (endpoint, _) = await AddEndpointAsync(_user, receiver.Url.ToString(), "*");
        await ExecuteAsync(
            "INSERT INTO user_phone_numbers (id, user_id, phone_number, verified_at, created_at) VALUES ($1, $1, '+15550100001', now(), now())", _user);
        var jobs = await FanOutAsync(Happened(), Happened());

        (await DeliverAsync(jobs[0])).ShouldBe(JobOutcome.Done);
        // what was on its way is given up, and asks nobody
        (await DeliverAsync(jobs[1])).ShouldBe(JobOutcome.Done);

        Arrived.Count.ShouldBe(1);
        (await DeliveryAsync(jobs[0].Id)).ShouldBe("failed 1 410");
        (await DeliveryAsync(jobs[1].Id)).ShouldBe("failed 0");
        (await ReadAsync("SELECT disabled_reason FROM webhook_endpoints WHERE id = $1", endpoint)).ShouldBe(["It answered 410 (gone)."]);
        (await EventsAsync(_user)).ShouldBe("notification.created 1, webhook_endpoint.disabled 1");
        (await ReadAsync("SELECT recipient || ' ' || source FROM notifications WHERE user_id = $1", _user)).ShouldBe(["+15550100001 webhook"]);
        (await FanOutAsync(Happened())).Count.ShouldBe(2, "an endpoint that is off takes nothing");
    }

    [Fact]
    public async Task Who_has_failed_for_days_is_turned_off_and_who_has_not_is_not()
    {
        await using var receiver = await ReceiverAsync(500);
        await AddEndpointAsync(_user, receiver.Url.ToString(), "*");
        var jobs = await FanOutAsync(Happened(), Happened(), Happened());

        await DeliverAsync(jobs[0]);
        Time.Advance(TimeSpan.FromDays(4));
        await DeliverAsync(jobs[1]);
        (await ReadAsync("SELECT (disabled_at IS NULL)::text FROM webhook_endpoints WHERE user_id = $1", _user)).ShouldBe(["true"]);
        Time.Advance(TimeSpan.FromDays(1));
        await DeliverAsync(jobs[2]);

        (await ReadAsync("SELECT disabled_reason FROM webhook_endpoints WHERE user_id = $1", _user)).ShouldBe(["Every delivery has failed for 5 days."]);
        (await EventsAsync(_user)).ShouldBe("webhook_endpoint.disabled 1");
    }

    [Fact]
    public async Task During_a_rotation_both_secrets_sign_and_an_ended_one_does_not()
    {
        await using var receiver = await ReceiverAsync();
        var (endpoint, current) = await AddEndpointAsync(_user, receiver.Url.ToString(), "*");
        var (former, ended) = (WebhookSecret.New(), WebhookSecret.New());
        await AddSecretAsync(_user, endpoint, former, Time.GetUtcNow().AddHours(1));
        await AddSecretAsync(_user, endpoint, ended, Time.GetUtcNow().AddSeconds(-1));

        await DeliverAsync((await FanOutAsync(Happened())).ShouldHaveSingleItem());

        var arrived = Arrived.ShouldHaveSingleItem();
        arrived.Signature.Split(' ').Distinct().ShouldBe(
            [Signature(current), Signature(former)], ignoreOrder: true);

        string Signature(string secret) => WebhookSecret.Sign([secret], arrived.Id, TimeOf(arrived), arrived.Body);
    }

    [Fact]
    public async Task A_notification_is_delivered_when_all_endpoints_have_taken_it_and_has_failed_when_one_gave_it_up()
    {
        await using var receiver = await ReceiveAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/gone" ? 410 : 200;
            return Task.CompletedTask;
        });
        await AddEndpointAsync(_user, $"{receiver.Url}one", "notification.message");
        await AddEndpointAsync(_user, $"{receiver.Url}two", "notification.*");
        await AddEndpointAsync(_user, $"{receiver.Url}none", "notification.sent");
        var first = Guid.CreateVersion7();

        (await SendAsync(first)).ShouldBeOfType<SendResult.Accepted>().ProviderMessageId.ShouldBe($"msg_{first:N}");
        (await SendAsync(first)).ShouldBeOfType<SendResult.Accepted>();
        var jobs = await DeliveriesAsync(_user);
        jobs.Count.ShouldBe(2);
        await DeliverAsync(jobs[0]);
        (await StatusesAsync(first)).ShouldBeEmpty("the other one is on its way");
        await DeliverAsync(jobs[1]);
        (await StatusesAsync(first)).ShouldBe(["delivered"]);
        ((string)JsonNode.Parse(Arrived.First().Body)!["data"]!["body"]!).ShouldBe("text");

        var (gone, _) = await AddEndpointAsync(_user, $"{receiver.Url}gone", "*");
        var second = Guid.CreateVersion7();
        await SendAsync(second);
        foreach (var job in (await DeliveriesAsync(_user)).Skip(2))
            await DeliverAsync(job);
        (await StatusesAsync(second)).ShouldBe(["failed"]);

        // to one alone, by its id; and to none
        var third = Guid.CreateVersion7();
        (await SendAsync(third, jobs[0].EndpointId)).ShouldBeOfType<SendResult.Accepted>();
        (await DeliveriesAsync(_user)).Count(job => job.EndpointId == jobs[0].EndpointId).ShouldBe(3);
        (await SendAsync(Guid.CreateVersion7(), gone)).ShouldBeOfType<SendResult.Failed>().Failure.Kind.ShouldBe(FailureKind.Permanent);
    }

    [Fact]
    public async Task One_that_is_sent_again_goes_to_those_who_did_not_take_it_and_to_those_who_have_come_since()
    {
        await using var receiver = await ReceiverAsync();
        await AddEndpointAsync(_user, $"{receiver.Url}mended", "*");
        var notification = Guid.CreateVersion7();
        await SendAsync(notification);
        await ExecuteAsync("UPDATE webhook_deliveries SET state = 'failed', completed_at = now() WHERE user_id = $1", _user);
        await AddEndpointAsync(_user, $"{receiver.Url}new", "*");

        await SendAsync(notification);
        foreach (var job in await DeliveriesAsync(_user))
            await DeliverAsync(job);

        Arrived.Select(one => one.Path).ShouldBe(["/mended", "/new"], ignoreOrder: true);
        (await StatusesAsync(notification)).ShouldBe(["delivered"]);
    }

    [Fact]
    public async Task A_thousand_deliveries_to_an_endpoint_that_hangs_hold_up_no_other()
    {
        var release = new TaskCompletionSource();
        await using var hanging = await ReceiveAsync(async context => await release.Task.WaitAsync(context.RequestAborted));
        await using var receiver = await ReceiverAsync();
        await AddEndpointAsync(_user, $"{hanging.Url}hangs", "*");
        var other = Guid.CreateVersion7();
        await AddEndpointAsync(other, $"{receiver.Url}fast", "*");
        var jobs = await FanOutAsync([.. Enumerable.Range(0, 1_000).Select(_ => Happened())]);
        jobs.Count.ShouldBe(1_000);
        var fast = (await FanOutAsync(Happened() with { UserId = other })).ShouldHaveSingleItem();

        // as many at once as a process has places for
        using var places = new SemaphoreSlim(Workers.Dispatch.Channels.Webhook.WebhookDeliveryOptions.MaxConcurrent);
        var running = jobs.Select(async job =>
        {
            await places.WaitAsync();
            try
            {
                return await DeliverAsync(job);
            }
            finally
            {
                places.Release();
            }
        }).ToList();
        var snoozed = 0;
        await foreach (var done in Task.WhenEach(running))
        {
            After(await done).ShouldBeGreaterThan(TimeSpan.Zero);
            if (++snoozed == 996)
                break;
        }

        (await DeliverAsync(fast).WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(JobOutcome.Done);
        running.Count(task => !task.IsCompleted).ShouldBe(4, "the others of the slow one are still under way");
        Arrived.Count(one => one.Path == "/fast").ShouldBe(1);
        release.SetResult();
        (await Task.WhenAll(running)).Count(outcome => outcome == JobOutcome.Done).ShouldBe(4);
    }

    [Fact]
    public async Task An_endpoint_gets_no_more_in_a_second_than_it_takes()
    {
        await using var receiver = await ReceiverAsync();
        var (endpoint, _) = await AddEndpointAsync(_user, receiver.Url.ToString(), "*");
        await ExecuteAsync("UPDATE webhook_endpoints SET rate_per_second = 2 WHERE id = $1", endpoint);
        var jobs = await FanOutAsync([.. Enumerable.Range(0, 5).Select(_ => Happened())]);

        var outcomes = new List<JobOutcome>();
        foreach (var job in jobs)
            outcomes.Add(await DeliverAsync(job));

        outcomes.Count(outcome => outcome == JobOutcome.Done).ShouldBe(2);
        outcomes.Skip(2).ShouldAllBe(outcome => After(outcome) > TimeSpan.Zero);
        (await DeliveryAsync(jobs[4].Id)).ShouldBe("pending 0");
    }

    private Task<Unit.Providers.LoopbackServer> ReceiverAsync(int status = 200)
    {
        _status = status;
        return ReceiveAsync(context =>
        {
            context.Response.StatusCode = _status;
            return _status == 204 ? Task.CompletedTask : context.Response.WriteAsync("thanks");
        });
    }

    private EventRecord Happened() =>
        EventRecord.Of(NotificationEvents.Sent, _user, Guid.CreateVersion7(), "sms", Time.GetUtcNow());

    private async Task<SendResult> SendAsync(Guid notificationId, Guid? endpoint = null)
    {
        await AddUserAsync(_user);
        return await WebhookChannel.SendAsync(
            new(notificationId, _user, $"{endpoint ?? _user}", "text", Time.GetUtcNow()), default);
    }

    private Task<List<string>> StatusesAsync(Guid notificationId) => ReadAsync(
        """
        SELECT change ->> 'status' FROM scheduled_jobs, json_array_elements(payload -> 'updates') AS change
        WHERE type = 'apply-delivery-statuses' AND (change ->> 'notificationId')::uuid = $1
        """,
        notificationId);

    private static TimeSpan After(JobOutcome outcome) => outcome.ShouldBeOfType<JobOutcome.SnoozeOutcome>().After;

    private static DateTimeOffset TimeOf(Received one) =>
        DateTimeOffset.FromUnixTimeSeconds(long.Parse(one.Timestamp, CultureInfo.InvariantCulture));
}
