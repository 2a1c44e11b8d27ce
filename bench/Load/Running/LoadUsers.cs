using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.Running;

/// <summary>Makes users of a run, several at once, each with a key.</summary>
internal sealed class LoadUsers(ApiClient edge, string adminKey, RunToken token)
{
    private const int MaxParallel = 8;

    /// <summary>Makes users.</summary>
    /// <param name="count">How many.</param>
    /// <param name="scopes">The scopes of their keys.</param>
    /// <param name="configure">Adds what else each user needs, by its index.</param>
    /// <param name="progress">Called with how many are made.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<LoadUser>> CreateAsync(
        int count,
        IReadOnlyList<string> scopes,
        Func<int, LoadUser, CancellationToken, Task> configure,
        Action<double> progress,
        CancellationToken cancellationToken)
    {
        var users = new LoadUser[count];
        var done = 0;
        var parallelOptions = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, count, parallelOptions, async (index, loopToken) =>
        {
            users[index] = await CreateAsync(index, scopes, loopToken);
            await configure(index, users[index], loopToken);
            progress(Interlocked.Increment(ref done));
        });
        return users;
    }

    /// <summary>Makes one user that needs nothing else.</summary>
    public Task<LoadUser> CreateOneAsync(IReadOnlyList<string> scopes, CancellationToken cancellationToken) =>
        CreateAsync(0, scopes, cancellationToken);

    private async Task<LoadUser> CreateAsync(int index, IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        var user = await edge.PostAsync(
            "/api/users",
            adminKey,
            new NewUser($"{token.Run}-{index}@load.test".ToLowerInvariant(), $"Load {token.Run} {index}"),
            LoadUserJson.Default.NewUser,
            LoadUserJson.Default.CreatedResource,
            cancellationToken);
        var key = await edge.PostAsync(
            "/api/api-keys",
            adminKey,
            new NewKey(user.Id, "load", scopes),
            LoadUserJson.Default.NewKey,
            LoadUserJson.Default.CreatedKey,
            cancellationToken);
        return new LoadUser(user.Id, key.Key);
    }
}

/// <summary>A user of the load, with its bearer key.</summary>
internal sealed record LoadUser(Guid Id, string Key);

/// <summary>The JSON that is read and written.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewUser))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(CreatedResource))]
[JsonSerializable(typeof(CreatedKey))]
internal sealed partial class LoadUserJson : JsonSerializerContext;

internal sealed record NewUser(string Email, string Name);

/// <summary>What was made; only its id counts.</summary>
internal sealed record CreatedResource(Guid Id);

internal sealed record NewKey(Guid UserId, string Name, IReadOnlyList<string> Scopes);

internal sealed record CreatedKey(Guid Id, string Key);
