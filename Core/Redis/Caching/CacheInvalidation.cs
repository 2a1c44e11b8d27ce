namespace Switchboard.Core.Redis.Caching;

/// <summary>A key or a tag whose entries are not valid any more.</summary>
/// <param name="IsTag">Whether it is a tag.</param>
/// <param name="Name">The key or the tag.</param>
internal readonly record struct CacheInvalidation(bool IsTag, string Name)
{
    /// <summary>The tag that every entry has.</summary>
    public const string Everything = "*";

    public bool Concerns(CacheWrite write) => IsTag ? write.Tags.Contains(Name) : write.Key == Name;

    /// <summary>As it is published: <c>t</c> or <c>k</c>, who sent it, and the name, a line each.</summary>
    public string Encode(string origin) => $"{(IsTag ? 't' : 'k')}\n{origin}\n{Name}";

    /// <summary>Reads what was published.</summary>
    public static (CacheInvalidation What, string Origin) Decode(string message)
    {
        var parts = message.Split('\n', 3);
        return (new CacheInvalidation(parts[0] == "t", parts[2]), parts[1]);
    }
}
