namespace Switchboard.Edge.Api.Operations.Access;

/// <summary><c>DELETE /api/api-keys/{id}</c>: within a second no process lets it in any more, nor any key that was made by it.</summary>
internal sealed class RevokeApiKey(ApiKeyStore store, ApiKeys keys) : DeleteByIdEndpoint("key")
{
    public override void Configure() =>
        Delete("/api/api-keys/{id:guid}", Scope.Keys, "Keys", "Revoke a key, and those that were made by it");

    protected override async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        // one that may do more than the calling key is not there for it
        if (!await store.IsSeenAsync(caller, id, cancellationToken))
            return false;
        // from here on it is done, whether the caller waits or not
        List<(byte[] Hash, bool IsNew)> revoked;
        do
        {
            revoked = await store.RevokeAsync(id);
            foreach (var (hash, _) in revoked)
                await keys.ForgetAsync(hash, CancellationToken.None);
        }
        while (revoked.Exists(key => key.IsNew));

        return true;
    }
}
