from litestar import Controller, delete, get, post
from litestar.params import FromPath, JSONBody

from application.provider_keys.add_provider_key import AddProviderKey
from application.provider_keys.delete_provider_key import DeleteProviderKey
from application.provider_keys.list_provider_keys import ListProviderKeys
from entrypoints.http.admission import NEEDS
from entrypoints.http.envelope import Success, refusals, success
from entrypoints.http.path_ids import to_provider_key_id
from entrypoints.http.request import RexRequest
from entrypoints.http.schemas.provider_keys import NewProviderKey, ProviderKeyAdded, ProviderKeyRecord
from entrypoints.http.schemas.workflows import Deleted
from entrypoints.http.services import Given


class ProviderKeyController(Controller):
    """Programs may see which keys there are, but neither add nor remove any."""

    path = "/api/keys"
    tags = ("provider keys",)
    request_max_body_size = 64 * 1024

    @post(status_code=201, opt={NEEDS: None}, responses=refusals(400, 409, 413, 415))
    async def add(
        self, request: RexRequest, data: JSONBody[NewProviderKey], add_provider_key: Given[AddProviderKey]
    ) -> Success[ProviderKeyAdded]:
        """Leave a key to a model provider, encrypted at rest. The newest key of a provider is the one that is used."""
        key_id = await add_provider_key(
            owner_id=request.user, provider=data.provider, secret=data.key, label=data.label
        )
        return success(ProviderKeyAdded(id=key_id))

    @get(responses=refusals(400))
    async def list_mine(
        self, request: RexRequest, list_provider_keys: Given[ListProviderKeys]
    ) -> Success[list[ProviderKeyRecord]]:
        """The caller's keys, newest first: at most 100, and never the keys themselves."""
        keys = await list_provider_keys(owner_id=request.user)
        return success([ProviderKeyRecord.of(key) for key in keys])

    @delete("/{key_id:str}", status_code=200, opt={NEEDS: None}, responses=refusals(400, 404))
    async def remove(
        self, request: RexRequest, key_id: FromPath[str], delete_provider_key: Given[DeleteProviderKey]
    ) -> Success[Deleted]:
        """Take a key back."""
        await delete_provider_key(key_id=to_provider_key_id(key_id), actor_id=request.user)
        return success(Deleted())
