namespace Switchboard.Core.FeatureFlags;

/// <summary>What the shadows of one feature showed since this process started.</summary>
/// <param name="Same">Both paths answered the same.</param>
/// <param name="Different">They did not.</param>
/// <param name="Failed">The optimised path failed or took too long.</param>
/// <param name="Skipped">It did not run, because too many shadows ran already.</param>
public sealed record ShadowCounts(long Same, long Different, long Failed, long Skipped);
