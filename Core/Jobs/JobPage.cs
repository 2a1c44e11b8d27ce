namespace Switchboard.Core.Jobs;

/// <summary>A part of a list.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="NextCursor">Where the next part starts; null when this is the last.</param>
/// <typeparam name="T">What is listed.</typeparam>
public sealed record JobPage<T>(IReadOnlyList<T> Items, string? NextCursor);
