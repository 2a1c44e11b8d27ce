using System.ComponentModel;
using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>The owner of a number.</summary>
/// <param name="PhoneNumberId">The row in <c>user_phone_numbers</c>: the verified one, or the first that waits to be; null when there is
/// none.</param>
/// <param name="UserId">Whose that is.</param>
[ImmutableObject(true)]
internal sealed record NumberOwner(Guid? PhoneNumberId, Guid? UserId)
{
    /// <summary>It has no owner.</summary>
    public static NumberOwner None { get; } = new(null, null);
}

/// <summary>Finds the owner of a number, and whether it is verified: in memory, in Redis, in Postgres; that it has none too.</summary>
internal sealed class NumberOwners(HybridCache cache, NpgsqlDataSource dataSource)
{
    /// <summary>The namespace of the cache of owners.</summary>
    public const string OwnersNamespace = "phone-numbers";

    /// <summary>The namespace of the cache that knows which numbers are verified.</summary>
    public const string VerifiedNamespace = "phone-verification";

    private const string FindSql =
        """
        SELECT id, user_id
        FROM user_phone_numbers
        WHERE phone_number = ANY ($1)
        ORDER BY verified_at IS NULL, id
        LIMIT 1
        """;

    private const string IsVerifiedSql = "SELECT count(*) FROM user_phone_numbers WHERE id = $1 AND verified_at IS NOT NULL";

    /// <summary>The owner of a contact (<see cref="PhoneNumber.ContactOf"/>), verified or not.</summary>
    public ValueTask<NumberOwner> FindAsync(string contact, CancellationToken cancellationToken) => cache.GetOrCreateAsync(
        OwnerKey(contact), (dataSource, contact),
        static async (state, ct) => await state.dataSource.Command(FindSql, (object)PhoneNumber.FormsOf(state.contact).ToArray())
            .FirstAsync(row => new NumberOwner(row.GetGuid(0), row.GetGuid(1)), ct) ?? NumberOwner.None,
        tags: [OwnersNamespace], cancellationToken: cancellationToken);

    /// <summary>Whether its code was given back. A number that was unlinked meanwhile is not verified.</summary>
    public ValueTask<bool> IsVerifiedAsync(Guid phoneNumberId, CancellationToken cancellationToken) => cache.GetOrCreateAsync(
        VerifiedKey(phoneNumberId), (dataSource, phoneNumberId),
        static async (state, ct) => await state.dataSource.Command(IsVerifiedSql, state.phoneNumberId).ScalarAsync<long>(ct) > 0,
        tags: [VerifiedNamespace], cancellationToken: cancellationToken);

    /// <summary>
    /// Tells every process that a number was linked, verified or unlinked, once that is committed: the next SMS is treated as it is now.
    /// A process that dies in between leaves what was known: the former owner keeps its SMS for as long as a verification is remembered.
    /// </summary>
    public async Task AnnounceAsync(string number, Guid phoneNumberId)
    {
        // the caller of the change may be gone by now; it is done
        await cache.RemoveAsync(VerifiedKey(phoneNumberId), CancellationToken.None);
        await cache.RemoveAsync(OwnerKey(PhoneNumber.ContactOf(number) ?? number), CancellationToken.None);
    }

    private static string OwnerKey(string contact) => $"{OwnersNamespace}:{contact}";

    private static string VerifiedKey(Guid phoneNumberId) => $"{VerifiedNamespace}:{phoneNumberId}";
}
