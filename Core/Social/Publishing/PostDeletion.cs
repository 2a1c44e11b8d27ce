using Switchboard.Core.Jobs;

namespace Switchboard.Core.Social.Publishing;

/// <summary>What of a post is deleted at its platforms.</summary>
/// <param name="Jobs">A <c>delete-post</c> job for each target, for the caller to stage.</param>
/// <param name="ToConnect">The accounts whose authorization is over, by platform and handle: what they have is not deleted.</param>
public sealed record PostDeletion(IReadOnlyList<OutgoingJob> Jobs, IReadOnlyList<string> ToConnect)
{
    /// <summary>What a target says that waits for its account: it stays published, and can be deleted later.</summary>
    public const string ConnectFirst =
        "It could not be deleted: its platform does not take the account's authorization. Connect the account again at "
        + "POST /api/accounts/social, and delete it then.";
}
