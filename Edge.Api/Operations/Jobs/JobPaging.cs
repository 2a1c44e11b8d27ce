using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Jobs;

/// <summary>Lists of jobs with the cursors of the API.</summary>
internal static class JobPaging
{
    /// <summary>Where the page asked for begins.</summary>
    public static JobCursor? After(string list, PageRequest request) =>
        Cursor.Of(list, request) is { } cursor ? new(cursor.At, cursor.Id) : null;

    /// <summary>The page as the API answers it.</summary>
    public static Page<T> ToPage<T>(this JobPage<T> page, string list) => new(
        page.Items, JobCursor.TryParse(page.NextCursor, out var next) ? new Cursor(next!.At, next.Id).Encode(list) : null);
}
