using Npgsql;
using Switchboard.Analytics.Worker.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Tests.TrackingQueries;

/// <summary>What becomes of the events that other processes record.</summary>
public sealed class EventTests(SeededDatabase seeded)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_job_with_an_event_of_a_newer_version_is_retried_and_keeps_no_other_from_being_counted_once()
    {
        var known = new RecordEvents(Guid.CreateVersion7(), [new(EventKinds.Sent, SeededDatabase.UserId, "whatsapp", Noon, 3)]);
        var unknown = new RecordEvents(
            Guid.CreateVersion7(),
            [
                new(EventKinds.Sent, SeededDatabase.UserId, "whatsapp", Noon, 100),
                new("notification.snoozed", SeededDatabase.UserId, "whatsapp", Noon, 1),
            ]);
        var handler = new RecordEventsHandler(seeded.DataSource, TimeProvider.System);

        var first = await handler.HandleAsync([Delivery(unknown), Delivery(known)], default);
        var again = await handler.HandleAsync([Delivery(known)], default);

        first.ShouldBe([JobOutcome.Retry("There is no event 'notification.snoozed' in this version."), JobOutcome.Done]);
        again.ShouldBe([JobOutcome.Done]);
        (await SentAsync()).ShouldBe(3);
    }

    private static JobDelivery<RecordEvents> Delivery(RecordEvents job) =>
        new(job, 1, DateTimeOffset.UnixEpoch, IsLastAttempt: false, IsReplay: false, Activity: null);

    private async Task<long> SentAsync()
    {
        await using var command = seeded.DataSource.CreateCommand(
            "SELECT sum(sent)::bigint FROM notification_rollups WHERE user_id = $1 AND granularity = 'hour'");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = SeededDatabase.UserId });
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
