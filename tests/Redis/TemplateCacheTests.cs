using System.Diagnostics;
using Npgsql;
using Switchboard.Core.Notifications.Templates;

namespace Switchboard.Tests.Redis;

/// <summary>Published templates as two processes see them. An entry lives for two hours: what changes at once was written through.</summary>
public sealed class TemplateCacheTests(RedisServer redis, PostgresServer postgres)
    : IClassFixture<RedisServer>, IClassFixture<PostgresServer>, IAsyncLifetime
{
    private readonly Guid _user = Guid.CreateVersion7();
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(postgres.ConnectionString);
    private SwitchboardProcess _edge = null!;
    private SwitchboardProcess _dispatch = null!;
    private TemplateStore _written = null!;
    private TemplateStore _read = null!;

    public async ValueTask InitializeAsync()
    {
        _edge = await SwitchboardProcess.StartAsync(redis);
        _dispatch = await SwitchboardProcess.StartAsync(redis);
        (_written, _read) = (new(_database, _edge.Cache), new(_database, _dispatch.Cache));
        await ExecuteAsync($"INSERT INTO users (id, email, name, created_at) VALUES ('{_user}', '{_user:n}@example.com', 'Ann', now())");
        await AddAsync("order", "template", "'frame'", "One", "Two");
        await AddAsync("frame", "layout", "NULL", "[{{ content }}]", "<{{ content }}>");
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _dispatch.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_is_published_is_seen_by_another_process_within_a_second_and_read_from_redis()
    {
        (await _read.FindAsync(_user, "order", default)).ShouldBeNull("nothing is published");

        await PublishAsync("order", 1);
        await PublishAsync("frame", 1);
        await SeesAsync(template => template is { Version: 1, Layout.Version: 1 });
        _dispatch.Statistics(TemplateStore.CacheNamespace).RemoteHits.ShouldBe(2);
        await PublishAsync("order", 2);
        await SeesAsync(template => template is { Version: 2, Layout.Version: 1 });
        await PublishAsync("frame", 2);
        await SeesAsync(template => template is { Version: 2, Layout.Version: 2 });
        await PublishAsync("order", 1);
        await SeesAsync(template => template is { Version: 1 });

        await ExecuteAsync($"DELETE FROM templates WHERE key = 'order' AND user_id = '{_user}'");
        await _written.RefreshAsync(_user, "order", default);
        await SeesAsync(template => template is null);
    }

    [Fact]
    public async Task A_template_is_of_its_user_alone_and_a_layout_is_none()
    {
        await PublishAsync("order", 1);
        await PublishAsync("frame", 1);

        (await _read.FindAsync(Guid.CreateVersion7(), "order", default)).ShouldBeNull();
        (await _read.FindAsync(_user, "frame", default)).ShouldBeNull();
        (await _read.FindAsync(_user, "order", default))!.Compiled
            .ShouldBeSameAs((await _read.FindAsync(_user, "order", default))!.Compiled, "what is compiled is kept");
    }

    private async Task SeesAsync(Func<PublishedTemplate?, bool> condition)
    {
        var begun = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => condition(await _read.FindAsync(_user, "order", default)));
        // a second, and what a busy machine adds to it; by itself it would be kept for hours
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    private async Task PublishAsync(string key, int version)
    {
        await ExecuteAsync($"UPDATE templates SET published_version = {version} WHERE key = '{key}' AND user_id = '{_user}'");
        await _written.RefreshAsync(_user, key, default);
    }

    private async Task AddAsync(string key, string kind, string layout, params string[] texts)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            $"""
            INSERT INTO templates (id, user_id, key, kind, latest_version, created_at, updated_at)
            VALUES ('{id}', '{_user}', '{key}', '{kind}', {texts.Length}, now(), now())
            """);
        for (var i = 0; i < texts.Length; i++)
            await ExecuteAsync(
                $$"""
                INSERT INTO template_versions (template_id, version, user_id, layout, variants, source_bytes, created_at)
                VALUES ('{{id}}', {{i + 1}}, '{{_user}}', {{layout}}, '[{"text": "{{texts[i]}}"}]', 0, now())
                """);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
