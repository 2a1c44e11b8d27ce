namespace Switchboard.Core.Sms.Media;

/// <summary>How kept files are named.</summary>
public static class MediaKey
{
    /// <summary>The key of an item's file: the same for each try to fetch it, so that none leaves a second one behind.</summary>
    public static string Of(Guid userId, Guid itemId) => $"{userId}/{itemId}";
}
