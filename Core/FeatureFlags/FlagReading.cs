namespace Switchboard.Core.FeatureFlags;

/// <summary>What the configuration says of all features.</summary>
/// <param name="Flags">By flag.</param>
/// <param name="Problems">What cannot be read, each with its name and value.</param>
internal sealed record FlagReading(IReadOnlyDictionary<string, FlagSettings> Flags, IReadOnlyList<string> Problems);
