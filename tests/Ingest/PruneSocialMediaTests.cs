using System.Globalization;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Media;
using Switchboard.Core.Social.Media;
using Switchboard.Workers.Ingest.Deletion;

namespace Switchboard.Tests.Ingest;

/// <summary>What is left of uploads that nobody goes on with, and of deletions that were cut off, goes with its files.</summary>
public sealed class PruneSocialMediaTests(PostgresServer postgres) : IClassFixture<PostgresServer>, IAsyncDisposable
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create($"{postgres.ConnectionString};Maximum Pool Size=1;Timeout=2");
    private readonly Guid _user = Guid.CreateVersion7();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Only_what_nothing_more_comes_of_is_deleted()
    {
        await ExecuteAsync($"INSERT INTO users (id, email, name, created_at) VALUES ('{_user}', '{_user}', 'user', now())");
        var abandoned = await MediaAsync("uploading", "25 hours");
        var paused = await MediaAsync("uploading", "23 hours");
        var interrupted = await MediaAsync("deleting", "11 minutes");
        var deleting = await MediaAsync("deleting", "9 minutes");
        var ready = await MediaAsync("ready", "400 days");
        var files = new NotedStore(_database);

        await PruneAsync(files);

        (await LeftAsync()).ShouldBe(new[] { paused, deleting, ready }.Order(), ignoreOrder: true);
        files.Deleted.ShouldBe(
            new[] { abandoned, interrupted }.SelectMany(id => new[] { SocialMediaKey.OfPart(_user, id, id), SocialMediaKey.Of(_user, id) }), ignoreOrder: true);
    }

    [Fact]
    public async Task An_upload_that_goes_on_meanwhile_stays_and_one_that_is_being_deleted_goes_on_no_more()
    {
        await ExecuteAsync($"INSERT INTO users (id, email, name, created_at) VALUES ('{_user}', '{_user}', 'user', now())");
        var (first, late, resumed) = (await MediaAsync("uploading", "27 hours"), await MediaAsync("uploading", "26 hours"), await MediaAsync("uploading", "25 hours"));
        await using var connection = new NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var finish = new NpgsqlCommand(Finish(resumed), connection, transaction))
            await finish.ExecuteNonQueryAsync();
        var taken = 0;
        var files = new NotedStore(_database)
        {
            BeforeDeleting = async () =>
            {
                await using var command = _database.CreateCommand(Finish(late));
                taken += await command.ExecuteNonQueryAsync();
            },
        };

        await PruneAsync(files);
        await transaction.CommitAsync();

        taken.ShouldBe(0, "what is about to be deleted is none that a request can finish");
        (await LeftAsync()).ShouldBe([resumed]);
        files.Deleted.ShouldBe(
            new[] { first, late }.SelectMany(id => new[] { SocialMediaKey.OfPart(_user, id, id), SocialMediaKey.Of(_user, id) }), ignoreOrder: true);

        // as the last request of an upload does
        static string Finish(Guid id) => $"UPDATE social_media SET state = 'ready', updated_at = now() WHERE id = '{id}' AND state = 'uploading'";
    }

    private async Task PruneAsync(NotedStore files)
    {
        var handler = new PruneSocialMediaHandler(new(_database), files, Options.Create(new UploadRetention()), TimeProvider.System);
        (await handler.HandleAsync(
            [new(new PruneSocialMedia(Guid.CreateVersion7()), 1, TimeProvider.System.GetUtcNow(), false, false, null)], default)).ShouldBe([JobOutcome.Done]);
    }

    private async Task<Guid> MediaAsync(string state, string age)
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            INSERT INTO social_media (id, user_id, file_name, total_bytes, state, created_at, updated_at)
            VALUES ('{id}', '{_user}', 'a.png', 10, '{state}', now() - interval '500 days', now() - interval '{age}');
            INSERT INTO social_media_parts (id, user_id, media_id, position) VALUES ('{id}', '{_user}', '{id}', 0);
            """));
        return id;
    }

    private async Task<List<Guid>> LeftAsync()
    {
        await using var command = _database.CreateCommand($"SELECT id FROM social_media WHERE user_id = '{_user}'");
        await using var reader = await command.ExecuteReaderAsync();
        var left = new List<Guid>();
        while (await reader.ReadAsync())
            left.Add(reader.GetGuid(0));
        return left;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Notes what is deleted, and needs the one connection for it: nobody holds it meanwhile.</summary>
    private sealed class NotedStore(NpgsqlDataSource database) : IMediaStore
    {
        public List<string> Deleted { get; } = [];

        public Func<Task> BeforeDeleting { get; init; } = () => Task.CompletedTask;

        public Task SaveAsync(string key, string path, string contentType, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async Task DeleteAsync(string key, CancellationToken cancellationToken)
        {
            await BeforeDeleting();
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            Deleted.Add(key);
        }
    }
}
