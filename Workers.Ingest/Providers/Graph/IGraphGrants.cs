namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>The refresh tokens of accounts, encrypted as they are stored. Apart from its database for the tests of what uses it.</summary>
internal interface IGraphGrants
{
    /// <summary>
    /// Uses an account's refresh token; only one at a time does, over all processes, so that one that is good for a single use is
    /// never used twice.
    /// </summary>
    /// <param name="account">Whose.</param>
    /// <param name="use">Uses it, and says which is to be kept in its place; null for the same.</param>
    /// <param name="cancellation">Ends the wait for one's turn, and nothing after it.</param>
    /// <exception cref="GraphException">There is no such account.</exception>
    Task UseAsync(Guid account, Func<byte[], Task<byte[]?>> use, CancellationToken cancellation);
}
