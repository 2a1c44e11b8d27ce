using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Tests.Ingest.Syncing;

public sealed class SyncRunTests(PostgresServer postgres) : SyncTest(postgres), IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mailbox_is_read_to_its_end_and_counted_to_the_mail_in_batches_and_one_by_one(bool inBatches)
    {
        var (account, sync) = await BeginAsync();

        (await GoOnAsync(Run(inBatches), account, sync, Mailbox())).ShouldBe(SyncProgress.Over);

        (await StateAsync(sync)).ShouldBe("completed 18 50 0 50");
        (await TrackedAsync(account)).ShouldBe("40 10");
    }

    [Fact]
    public async Task A_job_that_dies_between_two_rounds_leaves_its_pages_to_the_next_one()
    {
        var (account, sync) = await BeginAsync();
        var source = Mailbox();
        source.Before = round => round == 3 ? throw new InvalidOperationException("killed") : Task.CompletedTask;
        await Should.ThrowAsync<InvalidOperationException>(() => GoOnAsync(Run(), account, sync, source));
        (await StateAsync(sync)).ShouldBe("running 7 21 0 50");

        await GoOnAsync(Run(), account, sync, Mailbox());

        (await StateAsync(sync)).ShouldBe("completed 18 50 0 50");
        (await TrackedAsync(account)).ShouldBe("40 10");
    }

    [Fact]
    public async Task Two_jobs_of_one_sync_count_each_page_once()
    {
        var (account, sync) = await BeginAsync();
        var source = Mailbox();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => GoOnAsync(Run(), account, sync, source)));
        await GoOnAsync(Run(), account, sync, source);

        (await StateAsync(sync)).ShouldBe("completed 18 50 0 50");
        (await TrackedAsync(account)).ShouldBe("40 10");
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("paused")]
    public async Task A_sync_that_is_stopped_counts_nothing_after_it(string state)
    {
        var (account, sync) = await BeginAsync();
        var source = Mailbox();
        source.Before = round => round == 3
            ? ExecuteAsync(
                "UPDATE mail_syncs SET state = $2, finished_at = CASE $2 WHEN 'cancelled' THEN now() END WHERE id = $1", sync, state)
            : Task.CompletedTask;

        (await GoOnAsync(Run(), account, sync, source)).ShouldBe(SyncProgress.Over);

        var stopped = await StateAsync(sync);
        stopped.ShouldBeOneOf($"{state} 4 12 0 50", $"{state} 7 21 0 50");
        await GoOnAsync(Run(), account, sync, Mailbox());
        (await StateAsync(sync)).ShouldBe(stopped);
    }

    [Fact]
    public async Task A_sync_that_was_paused_goes_on_where_it_stopped()
    {
        var (account, sync) = await BeginAsync();
        var source = Mailbox();
        source.Before = round => round == 3 ? throw new InvalidOperationException("revoked") : Task.CompletedTask;
        await Should.ThrowAsync<InvalidOperationException>(() => GoOnAsync(Run(), account, sync, source));
        await ExecuteAsync("UPDATE mail_syncs SET state = 'queued' WHERE id = $1", sync);

        var rest = Mailbox();
        var rounds = 0;
        rest.Before = round => Task.FromResult(rounds = round);
        await GoOnAsync(Run(), account, sync, rest);

        (await StateAsync(sync)).ShouldBe("completed 18 50 0 50");
        rounds.ShouldBe(7);
    }

    [Fact]
    public async Task Cursors_that_another_version_wrote_are_moved_on()
    {
        var (account, sync) = await BeginAsync();
        var source = Mailbox();
        source.Before = round => round == 3 ? throw new InvalidOperationException("upgraded") : Task.CompletedTask;
        await Should.ThrowAsync<InvalidOperationException>(() => GoOnAsync(Run(), account, sync, source));
        await ExecuteAsync("UPDATE mail_syncs SET cursors = jsonb_set(cursors, '{partitions,0,unheardOf}', '7') WHERE id = $1", sync);

        await GoOnAsync(Run(), account, sync, Mailbox());

        (await StateAsync(sync)).ShouldBe("completed 18 50 0 50");
    }

    [Fact]
    public async Task A_link_that_is_not_known_any_more_changes_no_count_in_the_end()
    {
        var (account, sync) = await BeginAsync();
        var source = Mailbox();
        source.Stale.UnionWith([3, 6]);

        await GoOnAsync(Run(), account, sync, source);

        (await StateAsync(sync)).ShouldBe("completed 18 50 0 50");
        (await TrackedAsync(account)).ShouldBe("40 10");
    }

    [Fact]
    public async Task What_cannot_be_read_is_counted_and_noted_and_keeps_no_other_back()
    {
        var (account, sync) = await BeginAsync();
        var source = Mailbox();
        source.Broken.UnionWith(["provider-s3", "provider-r2"]);

        await GoOnAsync(Run(), account, sync, source);

        (await StateAsync(sync)).ShouldBe("completed 18 50 2 50");
        (await ReadAsync("SELECT message_id || ': ' || error FROM mail_sync_errors WHERE sync_id = $1 ORDER BY 1", sync))
            .ShouldBe(["provider-r2: It has no sender.", "provider-s3: It has no sender."]);
        (await TrackedAsync(account)).ShouldBe("39 9");
    }

    [Fact]
    public async Task Of_many_failures_the_first_hundred_are_kept()
    {
        var (account, sync) = await BeginAsync(batchSize: 70);
        var mails = Enumerable.Range(0, 150).Select(i => Mails.Sent($"many{i}", i)).ToArray();
        var source = new ScriptedSource(mails, []);
        source.Broken.UnionWith(mails.Select(mail => mail.ProviderId));

        await GoOnAsync(Run(), account, sync, source);

        (await StateAsync(sync)).ShouldBe("completed 6 150 150 150");
        (await ReadAsync("SELECT count(*) FROM mail_sync_errors WHERE sync_id = $1", sync)).ShouldBe(["100"]);
    }
}
