using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Edge.Social;

/// <summary>A user with accounts, and requests whose answers are looked at.</summary>
public abstract class SocialTest(EdgeProcess edge) : IAsyncLifetime
{
    protected EdgeProcess Edge { get; } = edge;

    protected Guid User { get; private set; }

    protected string Key { get; private set; } = "";

    public async ValueTask InitializeAsync() => (User, Key) = await Edge.NewUserAsync(Scope.Social);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>A schedule with a slot on Mondays, and its queue.</summary>
    protected async Task<string> ScheduleAsync(string name, string time) =>
        (string)(await PostAsync("/api/schedules", HttpStatusCode.Created, new
        {
            name,
            timeZone = "UTC",
            slots = new[] { new { day = "monday", time } },
        }))["id"]!;

    /// <summary>Accounts of the user, or of another one.</summary>
    protected async Task<Guid[]> AccountsAsync(string platform, int count = 1, Guid? user = null)
    {
        Guid[] ids = [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];
        await using var command = Edge.Database.CreateCommand(
            """
            INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, created_at, updated_at)
            SELECT id, $2, $3, id::text, id::text, '\x00', 'active', now(), now(), now() FROM unnest($1::uuid[]) AS id
            """);
        command.Parameters.AddWithValue(ids);
        command.Parameters.AddWithValue(user ?? User);
        command.Parameters.AddWithValue(platform);
        await command.ExecuteNonQueryAsync();
        return ids;
    }

    /// <summary>A group of these accounts.</summary>
    protected async Task<Guid> GroupAsync(IReadOnlyCollection<Guid> accounts, Guid? user = null)
    {
        var id = Guid.CreateVersion7();
        await using var command = Edge.Database.CreateCommand(
            """
            WITH made AS (INSERT INTO social_groups (id, user_id, name, created_at, updated_at) VALUES ($1, $2, $1::text, now(), now()))
            INSERT INTO social_group_members (user_id, group_id, account_id) SELECT $2, $1, id FROM unnest($3::uuid[]) AS id
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(user ?? User);
        command.Parameters.AddWithValue(accounts.ToArray());
        await command.ExecuteNonQueryAsync();
        return id;
    }

    protected Task<JsonNode> PostAsync(string path, HttpStatusCode expected, object? body = null, string? key = null) =>
        SendAsync(HttpMethod.Post, path, expected, body, key);

    protected async Task<JsonNode> SendAsync(
        HttpMethod method, string path, HttpStatusCode expected, object? body = null, string? key = null, params (string Name, string Value)[] headers)
    {
        using var answer = await Edge.SendAsync(
            method, key ?? Key, path, body is null ? null : body as HttpContent ?? JsonContent.Create(body), headers);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(expected, $"{method} {path}: {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    protected Task<JsonNode> GetAsync(string path, string? key = null) => SendAsync(HttpMethod.Get, path, HttpStatusCode.OK, null, key);

    protected async Task<long> CountAsync(string sql)
    {
        await using var command = Edge.Database.CreateCommand($"SELECT count(*) FROM {sql}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    protected static string[] Fields(JsonNode problem) => [.. problem["errors"]!.AsArray().Select(error => (string)error!["name"]!)];

    protected static string TypeOf(JsonNode problem) => ((string)problem["type"]!).Split('/', ':')[^1];
}
