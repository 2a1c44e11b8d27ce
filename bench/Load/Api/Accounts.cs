using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Load.Driving;

namespace Switchboard.Load.Api;

/// <summary>Makes users of a run, several at once, each with a key.</summary>
internal sealed class Accounts(ApiClient edge, string adminKey, RunToken token)
{
    private const int AtOnce = 8;

    /// <summary>Makes so many.</summary>
    /// <param name="count">How many.</param>
    /// <param name="scopes">What their keys are for.</param>
    /// <param name="furnish">What else each gets, by its place.</param>
    /// <param name="progress">Told how many are made.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<LoadUser>> CreateAsync(
        int count, IReadOnlyList<string> scopes, Func<int, LoadUser, CancellationToken, Task> furnish, Action<double> progress, CancellationToken cancellation)
    {
        var users = new LoadUser[count];
        var done = 0;
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (index, ct) =>
        {
            users[index] = await CreateAsync(index, scopes, ct);
            await furnish(index, users[index], ct);
            progress(Interlocked.Increment(ref done));
        });
        return users;
    }

    private async Task<LoadUser> CreateAsync(int index, IReadOnlyList<string> scopes, CancellationToken cancellation)
    {
        var user = await edge.PostAsync(
            "/api/users",
            adminKey,
            new NewUser($"{token.Run}-{index}@load.test".ToLowerInvariant(), $"Load {token.Run} {index}"),
            AccountJson.Default.NewUser,
            AccountJson.Default.Created,
            cancellation);
        var key = await edge.PostAsync(
            "/api/api-keys", adminKey, new NewKey(user.Id, "load", scopes), AccountJson.Default.NewKey, AccountJson.Default.CreatedKey, cancellation);
        return new LoadUser(user.Id, key.Key);
    }
}

/// <summary>What goes over the wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewUser))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(Created))]
[JsonSerializable(typeof(CreatedKey))]
internal sealed partial class AccountJson : JsonSerializerContext;

internal sealed record NewUser(string Email, string Name);

/// <summary>What was made; only its id counts.</summary>
internal sealed record Created(Guid Id);

internal sealed record NewKey(Guid UserId, string Name, IReadOnlyList<string> Scopes);

internal sealed record CreatedKey(Guid Id, string Key);
