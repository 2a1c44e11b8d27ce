using System.ComponentModel;
using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Rules;

/// <summary>
/// Tries a user's rules on messages. They are read and made ready once for each version of them, not for each try: of ten thousand phrases
/// that costs more than all the rest. What is not saved yet is one rule, and bounded as such.
/// </summary>
internal sealed class RuleTrials(NpgsqlDataSource dataSource, HybridCache cache)
{
    /// <summary>How much memory all rules that are made ready take at most.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    // made ready they are objects of this process
    private static readonly HybridCacheEntryOptions MemoryOnly = new() { Flags = HybridCacheEntryFlags.DisableDistributedCache };

    /// <summary>How much memory an entry takes.</summary>
    public static long BytesOf(object? entry) => entry is ReadyRules rules ? rules.Bytes : 0;

    /// <summary>What each rule says of a message, the one that is not saved among them.</summary>
    public async Task<IReadOnlyList<RuleVerdict>> EvaluateAsync(
        Guid userId, Rule? unsaved, ReceivedMessage message, CancellationToken cancellationToken) =>
        RuleEvaluator.Evaluate((await ReadyAsync(userId, cancellationToken)).Compiled, unsaved, message);

    /// <summary>The rules of a user, active or not, made ready.</summary>
    internal async Task<ReadyRules> ReadyAsync(Guid userId, CancellationToken cancellationToken)
    {
        var versions = await StoredRules.ReadVersionsAsync(dataSource, [userId], cancellationToken);
        return await cache.GetOrCreateAsync(
            $"{StoredRules.CacheNamespace}:{userId}/{versions.GetValueOrDefault(userId)}", (dataSource, userId),
            static async (state, ct) => ReadyRules.Of(
                [.. (await StoredRules.ReadAsync(state.dataSource, [state.userId], activeOnly: false, ct))[state.userId]]),
            MemoryOnly, [$"{StoredRules.CacheNamespace}:{userId}"], cancellationToken);
    }
}

/// <summary>The rules of a user, made ready.</summary>
/// <param name="Compiled">The rules.</param>
/// <param name="Bytes">How much memory they take, at most about.</param>
[ImmutableObject(true)]
internal sealed record ReadyRules(CompiledRules Compiled, long Bytes)
{
    /// <summary>Makes them ready.</summary>
    public static ReadyRules Of(IReadOnlyList<Rule> rules) => new(CompiledRules.OfAll(rules), rules.Sum(CompiledRules.BytesOf));
}
