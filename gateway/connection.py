"""The client side of Temporal: how to connect, and what a cluster must know before the first exchange starts."""

import atexit
import time
from functools import cache

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeIndexedValueType
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError, RPCStatusCode

from models.errors import Broken, Unavailable
from workflows.plugin import plugin
from workflows.search_attributes import SEARCH_ATTRIBUTES

_INDEXED = {
    SearchAttributeIndexedValueType.TEXT: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
    SearchAttributeIndexedValueType.KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    SearchAttributeIndexedValueType.INT: IndexedValueType.INDEXED_VALUE_TYPE_INT,
    SearchAttributeIndexedValueType.DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}


async def connect(address: str | None = None, namespace: str | None = None, *, lazy: bool = False) -> Client:
    """A client with the plugin of the service; a lazy one connects with its first call.

    What is not given comes from the standard environment (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`,
    `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`, a profile file), then from Temporal's defaults.

    Raises:
        Unavailable: if nothing answers at the address.
    """
    _let_threads_return_at_exit()
    config = ClientConfig.load_client_connect_config()
    if address:
        config["target_host"] = address
    if namespace:
        config["namespace"] = namespace
    target = config.setdefault("target_host", "localhost:7233")
    try:
        return await Client.connect(**config, plugins=[plugin()], lazy=lazy)
    except (RPCError, RuntimeError) as fault:
        raise Unavailable("temporal.silent", target=target) from fault


@cache
def _let_threads_return_at_exit() -> None:
    """Give the SDK's threads a moment before the interpreter is torn down.

    The thread that brought the last answer may still be on its way back; on Python 3.11 it would then abort the
    process (temporalio/sdk-python#300, open): one in five of our short commands did, after all its work was done.
    """
    atexit.register(time.sleep, 0.05)


async def ensure_search_attributes(client: Client) -> None:
    """Register what is missing; does nothing where all is there.

    Raises:
        Broken: the cluster lets nobody register them this way; the text says what to register.
    """
    wanted = {key.name: _INDEXED[key.indexed_value_type] for key in SEARCH_ATTRIBUTES}
    known = await _registered(client)
    missing = {name: kind for name, kind in wanted.items() if name not in known}
    if not missing:
        return
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as fault:
        if fault.status is RPCStatusCode.ALREADY_EXISTS:
            return
        names = ", ".join(f"{key.name} ({key.indexed_value_type.name.lower()})" for key in SEARCH_ATTRIBUTES)
        raise Broken("temporal.attributes", namespace=client.namespace, names=names) from fault


async def _registered(client: Client) -> set[str]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        return set((await client.operator_service.list_search_attributes(request)).custom_attributes)
    except RPCError as fault:
        if fault.status is RPCStatusCode.UNIMPLEMENTED:  # the time-skipping server adds them, but cannot list them
            return set()
        if fault.status is RPCStatusCode.PERMISSION_DENIED:  # managed clusters: an operator registers them
            return {key.name for key in SEARCH_ATTRIBUTES}
        raise
