using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Workers.Dispatch.Notifications.Planning;

namespace Switchboard.Tests.Dispatch;

public sealed class MeasureDigests(PostgresServer postgres) : NotifyTest(postgres), IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Measure()
    {
        await AddRecipientAsync("ann");
        await SetCategoryAsync(CategorySettings.Default with { Digest = new(DigestMode.Fixed, 1) });
        var page = await AskAsync(To("ann") with { Channels = ["inbox"], Data = System.Text.Json.JsonDocument.Parse("""{"n":1,"text":"something happened"}""").RootElement });
        await ExecuteAsync(
            """
            INSERT INTO recipients (id, user_id, external_id, created_at, updated_at)
            SELECT gen_random_uuid(), $1, 'member-' || n, now(), now() FROM generate_series(1, 10000) AS n
            """, User);
        await ExecuteAsync(
            """
            INSERT INTO notify_digests (id, user_id, recipient_key, recipient_id, category, key, channel, address, opened_at, due_at, latest_at)
            SELECT gen_random_uuid(), user_id, id, id, 'default', '', 'inbox', id::text, now() - interval '1 hour', now() - interval '1 minute', now() - interval '1 minute'
            FROM recipients WHERE user_id = $1 AND external_id LIKE 'member-%'
            """, User);
        await ExecuteAsync(
            """
            INSERT INTO notify_requests (id, user_id, category, priority, request, created_at, planned_at)
            SELECT gen_random_uuid(), user_id, category, priority, request, created_at, now() FROM notify_requests, generate_series(1, 10) WHERE user_id = $1 AND id = $2
            """, User, page.RequestId);
        await ExecuteAsync(
            """
            INSERT INTO notify_deliveries (id, request_id, user_id, recipient_key, recipient, recipient_id, channel, address, state, digest_id, created_at)
            SELECT gen_random_uuid(), r.id, g.user_id, g.recipient_key, 'member', g.recipient_id, g.channel, g.address, 'digest', g.id, now()
            FROM notify_digests g CROSS JOIN (SELECT id FROM notify_requests WHERE user_id = $1 AND planned_at IS NOT NULL) AS r
            WHERE g.user_id = $1
            """, User);
        await ExecuteAsync("ANALYZE");
        var ids = (await ReadAsync("SELECT id::text FROM notify_digests WHERE user_id = $1", User)).Select(Guid.Parse).ToList();
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(ids.Chunk(50), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (chunk, token) =>
        {
            await using var scope = Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IJobHandler<ReleaseDigest>>().HandleAsync(
                [.. chunk.Select(id => new JobDelivery<ReleaseDigest>(new(id, User), 1, Time.GetUtcNow(), false, false, null))], token);
        });
        var took = watch.Elapsed;
        var counts = await ReadAsync("SELECT count(*) || ' ' || sum((content -> 'data' ->> 'count')::int) FROM notifications WHERE user_id = $1", User);
        await File.WriteAllTextAsync("/tmp/brief/notify-digests.txt", $"{took.TotalSeconds:F1} s {counts[0]}");
    }
}
