using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Unit.Providers.Graph;

/// <summary>The refresh token of an account, used by one at a time.</summary>
internal sealed class ScriptedGrants(byte[] stored) : IGrantStore, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public string Stored => GraphScript.Secrets.Unprotect(
        StoredBytes, SecretColumn.RefreshToken(GraphScript.Provider.RefreshTokenPurpose), GraphScript.Account);

    public byte[] StoredBytes { get; set; } = stored;

    public async Task UseAsync(Guid account, Func<byte[], Task<byte[]?>> use, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            StoredBytes = await use(StoredBytes) ?? StoredBytes;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
