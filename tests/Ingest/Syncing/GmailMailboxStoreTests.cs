using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Tests.Ingest.Syncing;

/// <summary>How far mailboxes of Gmail are read. A history id is unsigned there, and a column of Postgres is not.</summary>
public sealed class GmailMailboxStoreTests(PostgresServer postgres) : TrackingTest(postgres), IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(7UL)]
    [InlineData(9_223_372_036_854_775_808UL)]
    [InlineData(ulong.MaxValue)]
    public async Task Any_history_id_is_kept_and_moved_on_from_once(ulong historyId)
    {
        var store = new GmailMailboxStore(Database, TimeProvider.System);
        var id = (await AccountAsync()).Id;
        var before = (await store.FindActiveAsync(id, default)).ShouldNotBeNull();

        (await store.AdvanceAsync(before, historyId, isEnd: true, default)).ShouldBeTrue();

        var reached = (await store.FindActiveAsync(id, default)).ShouldNotBeNull();
        (before.HistoryId, reached.HistoryId).ShouldBe((null, historyId));
        (await store.AdvanceAsync(before, 1, isEnd: true, default)).ShouldBeFalse("another has moved it meanwhile");
        (await store.AdvanceAsync(reached, 1, isEnd: true, default)).ShouldBeTrue();
    }
}
