namespace Switchboard.Core.Redis.Caching;

/// <summary>What Redis said of a key.</summary>
/// <param name="Entry">The valid entry, if there is one.</param>
/// <param name="Stamps">The stamps of the key and of the tags asked for, in that order: what a load that begins now must still
/// find when it is stored. Null if Redis is away.</param>
internal readonly record struct RemoteRead(RemoteEntry? Entry, string[]? Stamps);
