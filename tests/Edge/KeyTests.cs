using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Edge;

/// <summary>Who may make, see and revoke which keys, and how long they are good.</summary>
public sealed class KeyTests(SharedEdge edge)
{
    [Fact]
    public async Task Keys_are_managed_by_a_key_that_has_the_scope()
    {
        var (user, key) = await edge.NewUserAsync("rules", "mail");
        await edge.NewKeyAsync(user, "rules");

        (await StatusAsync(HttpMethod.Get, key, "/api/api-keys")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Post, key, "/api/api-keys", new { name = "x" })).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Delete, key, $"/api/api-keys/{await IdOfAsync(key)}")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Nobody_makes_lists_or_revokes_a_key_that_may_do_more()
    {
        var (user, key) = await edge.NewUserAsync("keys", "rules");
        var (more, same) = (await edge.NewKeyAsync(user, "rules", "mail"), await edge.NewKeyAsync(user, "rules"));
        var (moreId, sameId) = (await IdOfAsync(more), await IdOfAsync(same));

        (await StatusAsync(HttpMethod.Post, key, "/api/api-keys", new { name = "x", scopes = new[] { "mail" } }))
            .ShouldBe(HttpStatusCode.Forbidden);
        var listed = (await ListAsync(key)).Select(item => (Guid)item["id"]!).ToList();
        listed.ShouldBe([await IdOfAsync(key), sameId], ignoreOrder: true);
        (await StatusAsync(HttpMethod.Delete, key, $"/api/api-keys/{moreId}")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Get, more, "/api/rules")).ShouldBe(HttpStatusCode.OK);

        (await StatusAsync(HttpMethod.Delete, key, $"/api/api-keys/{sameId}")).ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(HttpMethod.Get, same, "/api/rules")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_administrator_sees_and_revokes_the_keys_of_all()
    {
        var (_, admin) = await edge.NewUserAsync("admin");
        var (user, key) = await edge.NewUserAsync("rules", "jobs");

        (await ListAsync(admin, $"?userId={user}")).ShouldHaveSingleItem();
        (await StatusAsync(HttpMethod.Delete, admin, $"/api/api-keys/{await IdOfAsync(key)}")).ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(HttpMethod.Get, key, "/api/rules")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Children_die_with_their_parent_and_their_children_with_them()
    {
        var (_, root) = await edge.NewUserAsync("keys", "rules");
        var parent = await MakeAsync(root, new { name = "parent", scopes = new[] { "keys", "rules" } });
        var child = await MakeAsync((string)parent["key"]!, new { name = "child", scopes = new[] { "keys", "rules" } });
        var grandchild = await MakeAsync((string)child["key"]!, new { name = "grandchild", scopes = new[] { "rules" } });
        ((string?)grandchild["parentId"]).ShouldBe((string?)child["id"]);
        (await StatusAsync(HttpMethod.Get, (string)grandchild["key"]!, "/api/rules")).ShouldBe(HttpStatusCode.OK);

        (await StatusAsync(HttpMethod.Delete, root, $"/api/api-keys/{parent["id"]}")).ShouldBe(HttpStatusCode.NoContent);

        foreach (var dead in new[] { parent, child, grandchild })
            (await StatusAsync(HttpMethod.Get, (string)dead["key"]!, "/api/rules")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(HttpMethod.Get, root, "/api/rules")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revocation_that_died_before_anybody_was_told_is_told_by_the_next_one()
    {
        var (_, root) = await edge.NewUserAsync("keys", "rules");
        var parent = await MakeAsync(root, new { name = "parent", scopes = new[] { "keys", "rules" } });
        var child = await MakeAsync((string)parent["key"]!, new { name = "child", scopes = new[] { "rules" } });
        // known as good by now
        (await StatusAsync(HttpMethod.Get, (string)child["key"]!, "/api/rules")).ShouldBe(HttpStatusCode.OK);
        await ExecuteAsync("UPDATE api_keys SET revoked_at = now() WHERE id = $1 OR parent_id = $1", (Guid)parent["id"]!);

        (await StatusAsync(HttpMethod.Delete, root, $"/api/api-keys/{parent["id"]}")).ShouldBe(HttpStatusCode.NoContent);

        (await StatusAsync(HttpMethod.Get, (string)child["key"]!, "/api/rules")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_is_made_while_its_parent_is_revoked_is_revoked_too()
    {
        var (user, root) = await edge.NewUserAsync("keys", "rules");
        var parent = await MakeAsync(root, new { name = "parent", scopes = new[] { "keys", "rules" } });

        var making = Enumerable.Range(0, 30).Select(number => edge.PostAsync(
            (string)parent["key"]!, "/api/api-keys", new { name = $"{number}", scopes = new[] { "rules" } })).ToList();
        await Task.WhenAny(making);
        (await StatusAsync(HttpMethod.Delete, root, $"/api/api-keys/{parent["id"]}")).ShouldBe(HttpStatusCode.NoContent);
        foreach (var answer in await Task.WhenAll(making))
            answer.Dispose();

        await using var alive = edge.Database.CreateCommand("SELECT count(*) FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL");
        alive.Parameters.AddWithValue(user);
        (await alive.ExecuteScalarAsync()).ShouldBe(1L, "the root alone is left");
    }

    [Fact]
    public async Task A_key_ends_and_what_it_makes_ends_no_later()
    {
        var (_, root) = await edge.NewUserAsync("keys", "rules");
        var end = TimeProvider.System.GetUtcNow().AddHours(1);
        var limited = await MakeAsync(root, new { name = "an hour", scopes = new[] { "keys", "rules" }, expiresAt = end });
        var key = (string)limited["key"]!;

        var child = await MakeAsync(key, new { name = "as long", scopes = new[] { "rules" } });
        ((DateTimeOffset)child["expiresAt"]!).ShouldBe((DateTimeOffset)limited["expiresAt"]!);
        foreach (var wrong in new[] { end.AddSeconds(1), end.AddDays(-1) })
        {
            using var answer = await edge.PostAsync(
                key, "/api/api-keys", new { name = "longer", scopes = new[] { "rules" }, expiresAt = wrong });
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.Content.ReadAsStringAsync()).ShouldContain("expiresAt");
        }

        await ExecuteAsync("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1", (Guid)child["id"]!);
        (await StatusAsync(HttpMethod.Get, (string)child["key"]!, "/api/rules")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_user_has_only_so_many_good_keys()
    {
        var (user, key) = await edge.NewUserAsync("keys", "rules");
        await ExecuteAsync(
            """
            INSERT INTO api_keys (id, user_id, name, hash, prefix, scopes, created_at)
            SELECT gen_random_uuid(), $1, 'one of many', sha256(($1::text || n)::bytea), 'sb_', '{rules}', now() FROM generate_series(1, 98) n
            """,
            user);

        var last = await MakeAsync(key, new { name = "the hundredth", scopes = new[] { "rules" } });
        (await StatusAsync(HttpMethod.Post, key, "/api/api-keys", new { name = "one more", scopes = new[] { "rules" } }))
            .ShouldBe(HttpStatusCode.Conflict);
        await StatusAsync(HttpMethod.Delete, key, $"/api/api-keys/{last["id"]}");
        (await StatusAsync(HttpMethod.Post, key, "/api/api-keys", new { name = "one more", scopes = new[] { "rules" } }))
            .ShouldBe(HttpStatusCode.Created);
    }

    private async Task<JsonNode> MakeAsync(string key, object body)
    {
        using var answer = await edge.PostAsync(key, "/api/api-keys", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await EdgeProcess.JsonAsync(answer);
    }

    private async Task<IReadOnlyList<JsonNode>> ListAsync(string key, string query = "")
    {
        using var answer = await edge.GetAsync(key, $"/api/api-keys{query}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return [.. (await EdgeProcess.JsonAsync(answer))["items"]!.AsArray().Select(item => item!)];
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string key, string path, object? body = null)
    {
        using var answer = await edge.SendAsync(method, key, path, body is null ? null : JsonContent.Create(body));
        return answer.StatusCode;
    }

    private async Task<Guid> IdOfAsync(string key)
    {
        await using var command = edge.Database.CreateCommand("SELECT id FROM api_keys WHERE hash = $1");
        command.Parameters.AddWithValue(Core.Security.ApiKeySecret.Hash(key));
        return (Guid)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql, object value)
    {
        await using var command = edge.Database.CreateCommand(sql);
        command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }
}
