using System.ComponentModel;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>A part of a list, as the database or the cache gives it.</summary>
/// <param name="Items">The mails, in their order.</param>
/// <param name="Total">How many the whole list has, as far as it was counted; null if it was not.</param>
[ImmutableObject(true)]
internal sealed record TrackedEmailPart(IReadOnlyList<TrackedEmailResponse> Items, int? Total)
{
    /// <summary>Where another way to the same part says something else; null when it says the same.</summary>
    public static string? Difference(TrackedEmailPart plain, TrackedEmailPart other)
    {
        if (plain.Total != other.Total)
            return $"total {plain.Total}, not {other.Total}";
        if (plain.Items.Count != other.Items.Count)
            return $"{plain.Items.Count} mails, not {other.Items.Count}";
        for (var at = 0; at < plain.Items.Count; at++)
        {
            if (plain.Items[at].Id != other.Items[at].Id)
                return $"mail {at} is {plain.Items[at].Id}, not {other.Items[at].Id}";
            if (plain.Items[at].UpdatedAt != other.Items[at].UpdatedAt || plain.Items[at].Status != other.Items[at].Status)
                return $"mail {at}, {plain.Items[at].Id}, is of another time";
        }

        return null;
    }
}
