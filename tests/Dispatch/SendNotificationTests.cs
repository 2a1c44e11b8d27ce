using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Tests.Dispatch;

public sealed class SendNotificationTests(PostgresServer postgres) : DispatchTest(postgres), IClassFixture<PostgresServer>
{
    private static readonly TimeSpan InDoubt = TimeSpan.FromSeconds(new DispatchOptions().InDoubtSeconds);

    [Fact]
    public async Task What_is_pending_is_sent_once_and_recorded_with_its_attempt_and_its_event()
    {
        var id = await CreateAsync();

        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);
        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);

        var message = Channel.Sent.ShouldHaveSingleItem();
        (message.NotificationId, message.Recipient, message.Body).ShouldBe((id, "+1", "text"));
        (await NotificationAsync(id)).ShouldBe($"sent 1 wamid.{id}");
        (await AttemptsAsync(id)).ShouldBe("1 sent 200");
        (await EventsAsync(id)).ShouldBe("notification.sent 1");
    }

    [Fact]
    public async Task Of_one_that_is_deleted_while_it_is_sent_nothing_is_left()
    {
        var id = await CreateAsync();
        Channel.Answer = async (_, _) =>
        {
            await ExecuteAsync("DELETE FROM notifications WHERE id = $1", id);
            return new SendResult.Accepted("wamid.3", 200);
        };

        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);

        (await AttemptsAsync(id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_text_that_an_earlier_version_stored_with_nothing_to_be_seen_is_sent_as_one_that_says_so()
    {
        var id = await CreateAsync();
        await ExecuteAsync("UPDATE notifications SET body = $2 WHERE id = $1", id, "\u200B \u2060");

        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);

        Channel.Sent.ShouldHaveSingleItem().Body.ShouldBe(NotificationStore.WithoutText);
    }

    [Fact]
    public async Task A_batch_may_hold_everything_at_once()
    {
        var later = Time.GetUtcNow().AddMinutes(5);
        Guid[] ids =
        [
            await CreateAsync(), await CreateAsync("cancelled"), await CreateAsync("delivered"), await CreateAsync(sendAt: later),
            await CreateAsync(channel: "pigeon"), Guid.CreateVersion7(), await CreateAsync(),
        ];

        var outcomes = await HandleAsync([.. ids, ids[0]]);

        outcomes[0].ShouldBe(JobOutcome.Done);
        outcomes[1].ShouldBe(JobOutcome.Done);
        outcomes[2].ShouldBe(JobOutcome.Done);
        outcomes[3].ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBeInRange(TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(5));
        outcomes[4].ShouldBe(JobOutcome.Dead("There is no channel 'pigeon'; there is: whatsapp."));
        outcomes[5].ShouldBeOfType<JobOutcome.DeadOutcome>().Error.ShouldContain($"{ids[5]}");
        outcomes[6].ShouldBe(JobOutcome.Done);
        outcomes[7].ShouldBe(JobOutcome.Done);
        Channel.Sent.Select(message => message.NotificationId).Order().ShouldBe(new[] { ids[0], ids[6] }.Order());
        (await NotificationAsync(ids[3])).ShouldBe("pending 0");
        (await NotificationAsync(ids[4])).ShouldBe("failed 1");
        (await EventsAsync(ids[4])).ShouldBe("notification.failed 1");

        Time.Advance(TimeSpan.FromMinutes(5));
        (await HandleAsync(ids[3])).ShouldBe(JobOutcome.Done);
        (await NotificationAsync(ids[3])).ShouldStartWith("sent 1");
    }

    [Fact]
    public async Task Each_attempt_of_a_send_that_failed_for_a_time_is_there_to_be_seen()
    {
        var id = await CreateAsync();
        Channel.Answers(new ProviderFailure(FailureKind.Transient, "down", 500, TimeSpan.FromSeconds(7)));
        (await HandleAsync(id)).ShouldBe(JobOutcome.Retry("down", TimeSpan.FromSeconds(7)));
        (await NotificationAsync(id)).ShouldBe("pending 1");
        Channel.Answers(new ProviderFailure(FailureKind.Throttled, "slow down", 429, TimeSpan.FromSeconds(1)));
        (await HandleAsync(id)).ShouldBe(JobOutcome.Snooze(TimeSpan.FromSeconds(1), "slow down"));
        Channel.Answers(new SendResult.Accepted("wamid.3", 200));

        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);

        (await NotificationAsync(id)).ShouldBe("sent 3 wamid.3");
        (await AttemptsAsync(id)).ShouldBe("1 transient 500, 2 transient 429, 3 sent 200");
    }

    [Fact]
    public async Task What_failed_for_good_is_dead_stays_so_and_is_sent_when_a_person_asks_for_it_again()
    {
        var id = await CreateAsync();
        Channel.Answers(new ProviderFailure(FailureKind.Permanent, "no", 400));
        (await HandleAsync(id)).ShouldBe(JobOutcome.Dead("no"));
        (await HandleAsync(id)).ShouldBe(JobOutcome.Dead("no"));
        Channel.Sent.ShouldHaveSingleItem();
        Channel.Answers(new SendResult.Accepted("wamid.2", 200));

        (await HandleAsync(id, isReplay: true)).ShouldBe(JobOutcome.Done);

        (await NotificationAsync(id)).ShouldBe("sent 2 wamid.2");
        (await AttemptsAsync(id)).ShouldBe("1 permanent 400, 2 sent 200");
        (await EventsAsync(id)).ShouldBe("notification.failed 1, notification.sent 1");
    }

    [Fact]
    public async Task The_last_attempt_that_fails_fails_the_notification()
    {
        var id = await CreateAsync();
        Channel.Answers(new ProviderFailure(FailureKind.Transient, "down", 500));

        (await HandleAsync(id, isLast: true)).ShouldBe(JobOutcome.Dead("down"));

        (await NotificationAsync(id)).ShouldBe("failed 1");
    }

    [Fact]
    public async Task A_send_whose_process_died_waits_for_a_status_and_is_sent_again_when_none_came()
    {
        var id = await CreateAsync("sending");

        (await HandleAsync(id)).ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBe(InDoubt);
        Channel.Sent.ShouldBeEmpty();
        (await AttemptsAsync(id)).ShouldBe("1 unknown");
        Time.Advance(InDoubt / 2);
        (await HandleAsync(id)).ShouldBeOfType<JobOutcome.SnoozeOutcome>().After.ShouldBeLessThanOrEqualTo(InDoubt / 2);
        Time.Advance(InDoubt / 2);
        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);

        Channel.Sent.ShouldHaveSingleItem();
        (await NotificationAsync(id)).ShouldBe($"sent 2 wamid.{id}");
        (await AttemptsAsync(id)).ShouldBe("1 unknown, 2 sent 200");
    }

    [Fact]
    public async Task A_send_whose_process_died_is_done_when_its_status_comes()
    {
        var id = await CreateAsync("sending");
        await HandleAsync(id);
        await ExecuteAsync("UPDATE notifications SET delivery_status = 'delivered' WHERE id = $1", id);
        Time.Advance(InDoubt);

        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);

        Channel.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_an_answer_a_status_is_waited_for_before_it_is_sent_again()
    {
        var id = await CreateAsync();
        Channel.Answers(new ProviderFailure(FailureKind.UnknownOutcome, "reset"));
        (await HandleAsync(id)).ShouldBe(JobOutcome.Retry("reset", InDoubt));
        (await NotificationAsync(id)).ShouldBe("sending 1");
        (await HandleAsync(id)).ShouldBeOfType<JobOutcome.SnoozeOutcome>();
        Channel.Answers(new SendResult.Accepted("wamid.2", 200));
        Time.Advance(InDoubt);

        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);

        (await AttemptsAsync(id)).ShouldBe("1 unknown, 2 sent 200");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_status_that_is_faster_than_the_answer_is_not_undone(bool answered)
    {
        var id = await CreateAsync();
        Channel.Answer = async (_, _) =>
        {
            await ExecuteAsync("UPDATE notifications SET delivery_status = 'delivered' WHERE id = $1", id);
            if (answered)
                return new SendResult.Accepted("wamid.1", 200);
            return new ProviderFailure(FailureKind.UnknownOutcome, "reset");
        };

        (await HandleAsync(id)).ShouldBe(JobOutcome.Done);

        (await NotificationAsync(id)).ShouldBe(answered ? "delivered 1 wamid.1" : "delivered 1");
        (await EventsAsync(id)).ShouldBeEmpty("the one who moved it counted it");
    }

    [Fact]
    public async Task Over_the_limit_a_send_is_given_back_without_an_attempt_and_waits_its_turn()
    {
        Channel.Limit = new(2, TimeSpan.FromSeconds(1));
        var ids = new[] { await CreateAsync(), await CreateAsync(), await CreateAsync(), await CreateAsync(), await CreateAsync() };

        var outcomes = await HandleAsync(ids);

        outcomes.Take(2).ShouldAllBe(outcome => outcome == JobOutcome.Done);
        Channel.Sent.Count.ShouldBe(2);
        var waits = outcomes.Skip(2).Select(outcome => outcome.ShouldBeOfType<JobOutcome.SnoozeOutcome>().After).ToArray();
        waits.ShouldAllBe(wait => wait > TimeSpan.Zero);
        (waits[2] - waits[1]).ShouldBe(TimeSpan.FromSeconds(1));
        (await NotificationAsync(ids[4])).ShouldBe("pending 0");
        (await AttemptsAsync(ids[4])).ShouldBeEmpty();
        (await EventsAsync(ids[4])).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_who_have_the_same_notification_send_it_once()
    {
        var ids = new Guid[50];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = await CreateAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => HandleAsync(i % 2 == 0 ? ids : [.. ids.Reverse()]))));

        Channel.Sent.Select(message => message.NotificationId).Order().ShouldBe(ids.Order());
    }

    [Fact]
    public async Task A_send_that_throws_what_nobody_expected_fails_alone_and_the_others_are_recorded()
    {
        Guid[] ids = [await CreateAsync(), await CreateAsync(), await CreateAsync()];
        Channel.Answer = (message, _) => message.NotificationId == ids[1]
            ? throw new InvalidOperationException("an error of ours")
            : Task.FromResult<SendResult>(new SendResult.Accepted($"wamid.{message.NotificationId}", 200));

        var outcomes = await HandleAsync(ids);

        outcomes[0].ShouldBe(JobOutcome.Done);
        outcomes[1].ShouldBe(JobOutcome.Retry("The send failed unexpectedly: an error of ours", InDoubt));
        outcomes[2].ShouldBe(JobOutcome.Done);
        (await NotificationAsync(ids[0])).ShouldBe($"sent 1 wamid.{ids[0]}");
        (await NotificationAsync(ids[1])).ShouldBe("sending 1", "it may have gone out: a status is waited for");
        (await AttemptsAsync(ids[1])).ShouldBe("1 unknown");
        (await NotificationAsync(ids[2])).ShouldBe($"sent 1 wamid.{ids[2]}");
    }

    [Fact]
    public async Task A_process_that_must_end_records_what_it_knows_and_leaves_the_rest_in_doubt()
    {
        var answered = await CreateAsync();
        var cutOff = await CreateAsync();
        using var abort = new CancellationTokenSource();
        var isAnswered = new TaskCompletionSource();
        Channel.Answer = async (message, cancellationToken) =>
        {
            if (message.NotificationId == answered)
            {
                isAnswered.SetResult();
                return new SendResult.Accepted("wamid.1", 200);
            }

            await isAnswered.Task;
            await abort.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return new ProviderFailure(FailureKind.UnknownOutcome, "not reached");
        };

        await Should.ThrowAsync<OperationCanceledException>(HandleAsync([answered, cutOff], cancellationToken: abort.Token));

        (await NotificationAsync(answered)).ShouldBe("sent 1 wamid.1");
        (await NotificationAsync(cutOff)).ShouldBe("sending 1");
        (await AttemptsAsync(cutOff)).ShouldBeEmpty();
    }
}
