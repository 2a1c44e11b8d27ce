using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Edge;

/// <summary>Wrong codes count for the phone number: whoever gives them, and whether it was unlinked meanwhile.</summary>
public sealed class PhoneCodeTests(SharedEdge edge)
{
    private const string Right = "123456";

    private static int _last = 200_000;

    private readonly string _number = $"+1555{Interlocked.Increment(ref _last):D7}";

    [Fact]
    public async Task Wrong_tries_count_whatever_the_account_and_after_unlinking()
    {
        var (one, other) = (await edge.NewUserAsync("texts"), await edge.NewUserAsync("texts"));
        var id = await LinkAsync(one.UserId);
        foreach (var left in (int[])[4, 3])
            (await TryAsync(one.Key, id, "000000")).ShouldBe((HttpStatusCode.UnprocessableEntity, left));

        using (var unlinked = await edge.SendAsync(HttpMethod.Delete, one.Key, $"/api/phone-numbers/{id}", null))
            unlinked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        id = await LinkAsync(one.UserId);
        (await TryAsync(one.Key, id, "000000")).ShouldBe((HttpStatusCode.UnprocessableEntity, 2));
        var others = await LinkAsync(other.UserId);
        (await TryAsync(other.Key, others, "000000")).ShouldBe((HttpStatusCode.UnprocessableEntity, 1));
        (await TryAsync(other.Key, others, "000000")).ShouldBe((HttpStatusCode.UnprocessableEntity, 0));

        (await TryAsync(one.Key, id, Right)).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        var (_, third) = await edge.NewUserAsync("texts");
        using var linking = await edge.PostAsync(third, "/api/phone-numbers", new { phoneNumber = _number });
        linking.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        (await linking.Content.ReadAsStringAsync()).ShouldContain("too many wrong codes");
    }

    [Fact]
    public async Task A_right_code_ends_the_count()
    {
        var (user, key) = await edge.NewUserAsync("texts");
        var id = await LinkAsync(user);
        await TryAsync(key, id, "000000");

        (await TryAsync(key, id, Right)).Status.ShouldBe(HttpStatusCode.OK);

        await using var tries = edge.Database.CreateCommand("SELECT wrong_tries FROM phone_number_tries WHERE phone_number = $1");
        tries.Parameters.AddWithValue(_number);
        (await tries.ExecuteScalarAsync()).ShouldBe((short)0);
    }

    [Fact]
    public async Task Tries_at_once_from_many_accounts_are_never_more_than_five()
    {
        var tries = new List<Task<(HttpStatusCode Status, int? Left)>>();
        for (var account = 0; account < 10; account++)
        {
            var (user, key) = await edge.NewUserAsync("texts");
            var id = await LinkAsync(user);
            tries.Add(Task.Run(() => TryAsync(key, id, "000000")));
        }

        var answers = await Task.WhenAll(tries);

        answers.Count(answer => answer.Status == HttpStatusCode.UnprocessableEntity).ShouldBe(5);
        answers.Count(answer => answer.Status == HttpStatusCode.TooManyRequests).ShouldBe(5);
    }

    private async Task<(HttpStatusCode Status, int? Left)> TryAsync(string key, Guid id, string code)
    {
        using var answer = await edge.SendAsync(HttpMethod.Post, key, $"/api/phone-numbers/{id}/verify", JsonContent.Create(new { code }));
        return (answer.StatusCode, (int?)(await EdgeProcess.JsonAsync(answer))["triesLeft"]);
    }

    // with another code, as if it had been asked for long enough ago
    private async Task<Guid> LinkAsync(Guid user)
    {
        var id = Guid.CreateVersion7();
        var secrets = new SecretProtector(Options.Create(new EncryptionOptions { Key = EdgeProcess.EncryptionKey }));
        await using var command = edge.Database.CreateCommand(
            """
            INSERT INTO user_phone_numbers (id, user_id, phone_number, code, code_expires_at, created_at)
            VALUES ($1, $2, $3, $4, now() + interval '10 minutes', now())
            """);
        foreach (var value in (object[])[id, user, _number, secrets.Protect(Right, SecretColumn.PhoneCode, id)])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
        return id;
    }
}
