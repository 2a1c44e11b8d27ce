using System.Text.Json;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Tests.Unit.Email.Sync;

public sealed class SyncCursorsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly HashSet<string> None = [];

    [Fact]
    public void A_folder_is_read_in_two_halves_of_its_own_time_that_share_no_second()
    {
        var plan = SyncCursors.Plan([new("sent", Start, Start.AddDays(10)), new("inbox", Start.AddDays(4), Start.AddDays(10))]);

        plan.Partitions.Select(partition => (partition.Folder, (partition.From - Start).TotalDays, (partition.To - Start).TotalDays))
            .ShouldBe([("sent", 0, 5), ("sent", 5, 10), ("inbox", 4, 7), ("inbox", 7, 10)]);
    }

    [Fact]
    public void A_folder_without_mails_is_not_read_and_one_of_a_second_is_one_lane()
    {
        var plan = SyncCursors.Plan([new("sent", null, Start), new("inbox", Start, Start.AddSeconds(1))]);

        plan.Partitions.ShouldHaveSingleItem().ShouldBe(new SyncPartition("inbox", Start, Start.AddSeconds(1)));
    }

    [Fact]
    public void An_empty_mailbox_is_done_as_soon_as_it_is_planned() =>
        SyncCursors.Plan([new("sent", null, Start), new("inbox", null, Start)]).IsDone.ShouldBeTrue();

    [Fact]
    public void A_round_moves_its_partitions_and_counts_what_was_read_and_what_failed()
    {
        var before = new SyncCursors([Partition("sent"), Partition("inbox"), Partition("inbox") with { IsDone = true, Pages = 3, Processed = 20 }]);

        var after = before.After(new([Page(0, "next", "a", "b"), Page(1, null, "c") with { Failed = [new("d", "broken")] }]), new HashSet<string> { "b" });

        after.Partitions.Select(partition => (partition.Next, partition.IsDone, partition.Pages, partition.Processed, partition.Errors))
            .ShouldBe([("next", false, 1, 2, 1), (null, true, 1, 2, 1), (null, true, 3, 20, 0)]);
        after.Counts.Since(before.Counts).ShouldBe(new SyncCounts(2, 4, 2));
        after.IsDone.ShouldBeFalse();
    }

    [Fact]
    public void A_partition_whose_round_brought_no_page_stays_where_it_is()
    {
        var before = new SyncCursors([Partition("sent") with { Next = "s" }, Partition("inbox") with { Next = "i" }]);

        before.After(new([Page(1, "i2", "a")])).Partitions.Select(partition => partition.Next).ShouldBe(["s", "i2"]);
    }

    [Fact]
    public void A_partition_whose_place_is_not_known_any_more_begins_again_and_counts_each_mail_once_in_the_end()
    {
        var begun = new SyncCursors([Partition("sent")]).After(new([Page(0, "p2", "a", "b")]), None).After(new([Page(0, "p3", "c", "d")]), None);
        var total = begun.Counts;

        var again = begun.After(new([PartitionPage.Stale(0)]), None);
        total = Add(total, again.Counts.Since(begun.Counts));
        total.ShouldBe(new SyncCounts(0, 0, 0));
        again.Partitions[0].ShouldBe(Partition("sent") with { Restarts = 1 });

        var done = again.After(new([Page(0, "p2", "a", "b")]), None).After(new([Page(0, "p3", "c", "d")]), None).After(new([Page(0, null, "e")]), None);
        total = Add(total, done.Counts.Since(again.Counts));
        total.ShouldBe(new SyncCounts(3, 5, 0));
        done.IsDone.ShouldBeTrue();
    }

    [Fact]
    public void A_partition_does_not_begin_again_for_ever()
    {
        var partition = Partition("sent") with { Next = "x" };
        partition.MayRestart.ShouldBeTrue();
        Partition("sent").MayRestart.ShouldBeFalse();

        for (var i = 0; i < 10; i++)
            partition = partition.Again() with { Next = "x" };
        partition.MayRestart.ShouldBeFalse();
    }

    [Fact]
    public void Cursors_are_the_same_after_they_were_stored()
    {
        var cursors = new SyncCursors([Partition("sent") with { Next = "/me?$skiptoken=ä'\"", Pages = 4, Processed = 400, Errors = 1 }, Partition("inbox")]);

        var json = SyncRunStore.Json(cursors);

        SyncRunStore.Json(JsonSerializer.Deserialize(json, SyncJson.Default.SyncCursors)!).ShouldBe(json);
    }

    private static SyncPartition Partition(string folder) => new(folder, Start, Start.AddDays(1));

    private static PartitionPage Page(int partition, string? next, params string[] ids) => new(
        partition, [.. ids.Select(id => new MailEnvelope(id, $"<{id}>", null, true, "a@x.test", ["b@x.test"], "", Start, [], []))], [], next);

    private static SyncCounts Add(SyncCounts one, SyncCounts other) =>
        new(one.Pages + other.Pages, one.Processed + other.Processed, one.Errors + other.Errors);
}
